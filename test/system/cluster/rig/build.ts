import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory, cached } from "./cache.ts";
import { moduleFiles } from "./go-module.ts";
import { telling } from "./progress.ts";
import { run } from "./run.ts";
import { type GoProgram, goPrograms, type ProgramName, type Programs } from "./versions.ts";

/** Milliseconds for a build. A cold build of the largest program takes more than half an hour on a busy machine. */
const buildLimit = 75 * 60_000;

/** The number of concurrent compilers. One can take 1 GiB, so more of them do not help on a small machine. */
const atOnce = Math.min(availableParallelism(), 4);

/** Returns every program of the cluster. Those that are not in the cache are built, which takes minutes. */
export async function buildPrograms(): Promise<Programs> {
  const missing = goPrograms.filter((program) => !existsSync(join(cacheDirectory(), entryOf(program))));
  const built: Partial<Record<ProgramName, string>> = {};
  for (const program of goPrograms) {
    const place = missing.indexOf(program);
    const count = place < 0 ? "" : ` (${place + 1} of ${missing.length})`;
    built[program.name as ProgramName] = await buildProgram(program, count);
  }
  return built as Programs;
}

/** Returns the file of a program, which is built if it is not in the cache. */
export async function buildProgram(program: GoProgram, count = ""): Promise<string> {
  const directory = await cached(entryOf(program), (unfinished) =>
    telling(`building ${program.name} ${program.version}${count}`, () =>
      build(program, join(unfinished, program.name)),
    ),
  );
  return join(directory, program.name);
}

const moduleDirectory = ({ module }: GoProgram): string => join(import.meta.dirname, "go", module);

/** Returns the name of a program's cache entry: its version and a hash of its other inputs. */
function entryOf(program: GoProgram): string {
  const hash = createHash("sha256").update(JSON.stringify(flagsOf(program)));
  if (program.embedded !== undefined) hash.update(JSON.stringify(program.embedded));
  const directory = moduleDirectory(program);
  for (const file of readdirSync(directory).sort()) hash.update(file).update(readFileSync(join(directory, file)));
  return `${program.name}-${program.version}-${hash.digest("hex").slice(0, 10)}`;
}

function flagsOf({ variables = {} }: GoProgram): string[] {
  const settings = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  return ["-trimpath", "-buildvcs=false", "-ldflags", ["-s", "-w", ...settings].join(" ")];
}

/**
 * Builds a program with static linking, so that it runs in an image too. The go command caches compiled packages, so
 * that a killed build continues where it was. The build runs with a low priority.
 */
async function build(program: GoProgram, output: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "gatewright-build-"));
  try {
    const overlay = await writeOverlay(program, scratch);
    const flags = [`-p=${atOnce}`, "-mod=readonly", ...overlay, ...flagsOf(program), "-o", output];
    const command = ["go", "build", ...flags, program.package];
    await run(["setpriv", "--pdeathsig", "TERM", "nice", "-n", "10", ...command], {
      cwd: moduleDirectory(program),
      timeout: buildLimit,
      // A module may require a newer Go than the installed one, which the go command then downloads.
      env: { CGO_ENABLED: "0", GOWORK: "off", GOTOOLCHAIN: "auto" },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const missing =
      cause instanceof Error && /No such file or directory/.test(reason) ? " Install Go 1.21 or newer." : "";
    throw new Error(`${program.name} ${program.version} cannot be built.${missing} ${reason}`, { cause });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Writes the files that a program embeds, and returns the flag that puts them beside the program's main package. */
async function writeOverlay(program: GoProgram, scratch: string): Promise<readonly string[]> {
  const { embedded } = program;
  if (embedded === undefined) return [];
  const source = join(await moduleFiles(program.module, embedded.module), embedded.directory);
  const Replace: Record<string, string> = {};
  for (const [name, additions] of Object.entries(embedded.files)) {
    const content = JSON.parse(readFileSync(join(source, name), "utf8")) as object;
    const file = join(scratch, name);
    writeFileSync(file, JSON.stringify({ ...content, ...additions }));
    Replace[join(moduleDirectory(program), name)] = file;
  }
  const overlay = join(scratch, "overlay.json");
  writeFileSync(overlay, JSON.stringify({ Replace }));
  return [`-overlay=${overlay}`];
}
