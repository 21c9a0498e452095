import type { IConstruct } from "constructs";
import type { Origin, SourceLine } from "../findings/finding.ts";
import { pathOf } from "./declaration-error.ts";

/** The key of the stack of a constructor call. The symbol is registered, as two copies of the package may meet. */
const CALL = Symbol.for("gatewright.ConstructorCall");

interface CapturedStack {
  readonly stack?: string;
}

/**
 * Captures the stack of a constructor call for {@link originOf}. V8 captures the stack cheaply and formats it as text
 * only on first access.
 *
 * @param target `new.target` of the constructor. Frames down to the constructor of the most derived class are left out.
 */
export function captureCall(construct: IConstruct, target: unknown): void {
  const { captureStackTrace } = Error as Partial<Pick<ErrorConstructor, "captureStackTrace">>;
  // Only V8 has captureStackTrace. With other engines an origin has only the path.
  if (captureStackTrace === undefined || typeof target !== "function") return;
  const captured: CapturedStack = {};
  captureStackTrace(captured, target as (...args: never[]) => unknown);
  Object.defineProperty(construct, CALL, { value: captured });
}

/** Returns the path of the construct and, if known, the line of the program that created it. */
export function originOf(construct: IConstruct): Origin {
  const call = lineOf((construct as { readonly [CALL]?: CapturedStack })[CALL]);
  return { construct: pathOf(construct), ...(call === undefined ? {} : { call }) };
}

/** Returns the place of an error that a construct threw: its path and, if the stack has it, the line of the call. */
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

/** Matches the file of a stack frame, as a path or URL, and its line. */
const frame = /(?:file:\/\/)?((?:[A-Za-z]:)?[\\/][^\n()]*?)(?:\?[^\s:)]*)?:(\d+):\d+\)?$/;

/** Returns the innermost frame outside of packages and the runtime: the place of the call in the author's program. */
function callerIn(stack: string): SourceLine | undefined {
  for (const text of stack.split("\n")) {
    const [, path, line] = frame.exec(text) ?? [];
    if (path === undefined || path.includes("node_modules") || isOwn(path)) continue;
    return { file: relativePath(path), line: Number(line) };
  }
  return undefined;
}

/** The package's own directories if it runs from its repository: `lib/` of the sources, or `dist/`. Otherwise none. */
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

/** Returns a path relative to the working directory if it is below it, otherwise the whole path. */
function relativePath(path: string): string {
  const directory = typeof process === "undefined" ? "" : process.cwd();
  return directory !== "" && /^[\\/]/.test(path.slice(directory.length)) && path.startsWith(directory)
    ? path.slice(directory.length + 1)
    : path;
}
