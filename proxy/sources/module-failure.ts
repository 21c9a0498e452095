import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Finding, Origin } from "../../lib/findings/finding.ts";

/** A module as findings name it: the path it was loaded from, and the name that the user gave. */
export interface NamedModule {
  readonly path: string;
  readonly name: string;
}

/** Returns the finding for an error that a module threw while it was loaded or run, with its position (GW1007). */
export function moduleFailed(module: NamedModule, error: unknown): Finding {
  return {
    code: "GW1007",
    severity: "error",
    message: describe(module, error),
    origin: placeOf(module, error),
    fix: "Correct the module; the place is where it threw.",
  };
}

/** Returns the finding for a module whose default export is not a program (GW1007). */
export function notAProgram(module: NamedModule, exported: unknown): Finding {
  const names =
    typeof exported === "object" && exported !== null ? Object.keys(exported).filter((name) => name !== "default") : [];
  return {
    code: "GW1007",
    severity: "error",
    message: "The module has no function as its default export",
    origin: { file: module.name },
    ...(names.length === 0 ? {} : { given: `exports ${names.slice(0, 8).join(", ")}` }),
    allowed: "export default function (scope: Construct) { … }",
    fix: "Export, as the default, the function that declares the constructs.",
  };
}

/**
 * Returns the position where the user's own code threw: the innermost stack frame that is neither in an installed
 * package nor in the runtime. Compiled code keeps the lines of its source, but not the columns. A syntax error is
 * positioned by the compiler, which counts columns from 0.
 */
export function placeOf(module: NamedModule, error: unknown): Origin {
  if (!(error instanceof Error || isErrorLike(error))) return { file: module.name };
  for (const [text, compiled] of [
    [error.message, false],
    [error.stack ?? "", true],
  ] as const) {
    for (const [, path = "", line, column] of text.matchAll(place)) {
      if (path.includes("node_modules") || !isUsers(path)) continue;
      const file = path === module.path ? module.name : relative(process.cwd(), path);
      return { file, line: Number(line), ...(compiled || column === undefined ? {} : { column: Number(column) + 1 }) };
    }
  }
  return { file: module.name };
}

/** Matches an absolute path, or its URL, with line and column. */
const place = /(?:file:\/\/)?((?:[A-Za-z]:)?[\\/][^\s()'"]*?\.[cm]?[jt]sx?)(?:\?[^\s:)]*)?:(\d+)(?::(\d+))?/g;

/** Returns whether a stack frame is in the user's code. Files of the running package are on the stack too. */
function isUsers(path: string): boolean {
  return !ownRooms.some((room) => path.startsWith(room));
}

const ownRooms = ["../../lib/", "../../proxy/", "../../dist/"].map((room) =>
  fileURLToPath(new URL(room, import.meta.url)),
);

function describe(module: NamedModule, error: unknown): string {
  if (!(error instanceof Error || isErrorLike(error))) return `The module threw ${shorten(String(error))}`;
  const [first = ""] = error.message.split("\n");
  const name = error.name === undefined || error.name === "Error" ? "" : `${error.name}: `;
  const readable = first.replaceAll(`${process.cwd()}/`, "").replaceAll(module.path, module.name).trim();
  return shorten(`${name}${readable.replace(/:$/, "")}`);
}

function shorten(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 299)}…`;
}

/** An error may come from another realm, where `instanceof Error` is false. */
function isErrorLike(error: unknown): error is Error {
  return typeof error === "object" && error !== null && typeof (error as { message?: unknown }).message === "string";
}
