import { join } from "node:path";
import { root } from "./build/layout.ts";
import { goProgram } from "./go-program.ts";

/**
 * Returns the path of h2spec, the conformance tester of HTTP/2, built from test/hostile/h2spec. `node tools/h2spec.ts`
 * prints the path. GATEWRIGHT_H2SPEC overrides it with another command.
 */
export function h2spec(): string {
  const { GATEWRIGHT_H2SPEC: given } = process.env;
  if (given !== undefined && given !== "") return given;
  return goProgram("h2spec", join(root, "test/hostile/h2spec"), ", or set GATEWRIGHT_H2SPEC to h2spec");
}

if (import.meta.main) console.log(h2spec());
