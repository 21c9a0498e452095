import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../cluster/rig/cache.ts";
import { telling } from "../cluster/rig/progress.ts";
import { run } from "../cluster/rig/run.ts";

const moduleDirectory = join(import.meta.dirname, "../cluster/rig/go/conformance");
const version = "v1.7.0";

/** Returns the file of the official conformance suite, built from its Go modules if it is not in the cache. */
export async function conformanceSuite(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of readdirSync(moduleDirectory).sort())
    hash.update(file).update(readFileSync(join(moduleDirectory, file)));
  const directory = await cached(`conformance-${version}-${hash.digest("hex").slice(0, 10)}`, (unfinished) =>
    telling(`building the conformance suite ${version}`, () => build(join(unfinished, "conformance.test"))),
  );
  return join(directory, "conformance.test");
}

async function build(output: string): Promise<void> {
  const command = ["go", "test", "-c", "-mod=readonly", "-trimpath", "-ldflags", "-s -w", "-o", output, "."];
  await run(["setpriv", "--pdeathsig", "TERM", "nice", "-n", "19", ...command], {
    cwd: moduleDirectory,
    timeout: 45 * 60_000,
    env: { CGO_ENABLED: "0", GOWORK: "off", GOTOOLCHAIN: "auto" },
  });
}
