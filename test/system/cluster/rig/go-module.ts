import { join } from "node:path";
import { run } from "./run.ts";

/** Returns the directory of a module that the go.mod under rig/go requires; it is downloaded if necessary. */
export async function moduleFiles(directory: string, module: string): Promise<string> {
  const options = {
    cwd: join(import.meta.dirname, "go", directory),
    env: { GOWORK: "off", GOTOOLCHAIN: "auto", GOFLAGS: "-mod=readonly" },
    timeout: 300_000,
  };
  await run(["go", "mod", "download", module], options);
  return (await run(["go", "list", "-m", "-f", "{{.Dir}}", module], options)).trim();
}
