import { execFileSync } from "node:child_process";
import { join } from "node:path";

export const root: string = join(import.meta.dirname, "../../..");

/** Runs a program as its reader would, but with the sources of this package. */
export function run(
  directory: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): string {
  // A nested test runner reports to its parent instead of its output.
  const { NODE_TEST_CONTEXT: _, ...outer } = process.env;
  const options = ["--conditions=gatewright-source", "--import", "jiti/register"];
  return execFileSync(process.execPath, [...options, ...args], {
    cwd: join(root, directory),
    env: { ...outer, ...environment },
    encoding: "utf8",
  });
}
