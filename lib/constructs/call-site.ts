import type { IConstruct } from "constructs";
import type { Origin, SourceLine } from "../findings/finding.ts";
import { pathOf } from "./declaration-error.ts";

/** Where a construct keeps the stack of its constructor's call. A registered symbol: two copies of the package may meet. */
const CALL = Symbol.for("gatewright.ConstructorCall");

interface CapturedStack {
  readonly stack?: string;
}

/**
 * Keeps the stack on which a construct is made, for {@link originOf}. The stack is captured as V8's own structure, and
 * becomes text only when somebody asks.
 *
 * @param target `new.target` of the constructor: frames down to that of the most derived class are left out.
 */
export function captureCall(construct: IConstruct, target: unknown): void {
  const { captureStackTrace } = Error as Partial<Pick<ErrorConstructor, "captureStackTrace">>;
  // Other engines than V8 have none; then only the path tells the place.
  if (captureStackTrace === undefined || typeof target !== "function") return;
  const captured: CapturedStack = {};
  captureStackTrace(captured, target as (...args: never[]) => unknown);
  Object.defineProperty(construct, CALL, { value: captured });
}

/** Path of the construct and, where it is known, the line of the program that made it. */
export function originOf(construct: IConstruct): Origin {
  const call = lineOf((construct as { readonly [CALL]?: CapturedStack })[CALL]);
  return { construct: pathOf(construct), ...(call === undefined ? {} : { call }) };
}

/** The place of an error that a construct threw: the construct's path and, where the stack tells it, the line of the call. */
export function originOfError(construct: string, { stack = "" }: Pick<Error, "stack">): Origin {
  const call = callerIn(stack);
  return { construct, ...(call === undefined ? {} : { call }) };
}

const lines = new WeakMap<CapturedStack, SourceLine | null>();

function lineOf(captured: CapturedStack | undefined): SourceLine | undefined {
  if (captured === undefined) return undefined;
  const known = lines.get(captured);
  if (known !== undefined) return known ?? undefined;
  const line = callerIn(captured.stack ?? "");
  lines.set(captured, line ?? null);
  return line;
}

/** A frame's file, as a path or a URL, with its line. */
const frame = /(?:file:\/\/)?((?:[A-Za-z]:)?[\\/][^\n()]*?)(?:\?[^\s:)]*)?:(\d+):\d+\)?$/;

/** The innermost frame that is neither of a package nor of the runtime: where the author's program calls. */
function callerIn(stack: string): SourceLine | undefined {
  for (const text of stack.split("\n")) {
    const [, path, line] = frame.exec(text) ?? [];
    if (path === undefined || path.includes("node_modules") || isOwn(path)) continue;
    return { file: relativePath(path), line: Number(line) };
  }
  return undefined;
}

/** Directories of this package when it runs from its own repository: `lib/` of the sources, or `dist/`. */
const own = ownDirectories();

function ownDirectories(): readonly string[] {
  const [, path = ""] = frame.exec(new Error().stack?.split("\n")[1] ?? "") ?? [];
  const [, root] =
    /^(.*)[\\/](?:lib[\\/]constructs|dist[\\/](?:esm|cjs)(?:[\\/]chunks)?)[\\/][^\\/]*$/.exec(path) ?? [];
  if (root === undefined) return [];
  const separator = path.charAt(root.length);
  return ["lib", "dist"].map((directory) => `${root}${separator}${directory}${separator}`);
}

function isOwn(path: string): boolean {
  return own.some((directory) => path.startsWith(directory));
}

/** Below the working directory as its users write it, otherwise whole. */
function relativePath(path: string): string {
  const directory = typeof process === "undefined" ? "" : process.cwd();
  return directory !== "" && /^[\\/]/.test(path.slice(directory.length)) && path.startsWith(directory)
    ? path.slice(directory.length + 1)
    : path;
}
