import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { scratch } from "./gatewright.ts";

const main = fileURLToPath(new URL("../../../lib/cli/main.ts", import.meta.url));
const service = "apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ports: [{ port: 80 }] }\n";

/** Runs a line of bash in which `gw` is the command; what does not come back in a minute has hung. */
function bash(cwd: string, line: string): Promise<{ readonly code: number; readonly output: string }> {
  const own = `gw() { '${process.execPath}' --conditions=gatewright-source '${main}' "$@"; }; ${line}`;
  return new Promise((resolve) => {
    execFile("bash", ["-c", own], { cwd, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: `${stdout}${stderr}` });
    });
  });
}

const lines: readonly (readonly [line: string, code: number, says: RegExp])[] = [
  ["gw check <(cat a.yaml)", 0, /checked 1 object: 1 Service/],
  ["cat a.yaml | gw check /dev/stdin", 0, /checked 1 object: 1 Service/],
  ["gw check - < a.yaml", 0, /checked 1 object: 1 Service/],
  ["gw check - < .", 1, /^- {2}error GW1008: - cannot be read: it is a directory/m],
  ["gw check pipes", 1, /^pipes\/x\.yaml {2}error GW1008: .* it is a named pipe, not a file/m],
  ["gw check --filters pipe.ts a.yaml", 1, /pipe\.ts {2}error GW1008: .* it is a named pipe/],
  ["gw synth a.yaml > /dev/full", 1, /^error: standard output cannot be written: no space is left/m],
  ["gw check a.yaml > /dev/full 2> /dev/full", 1, /^$/],
  ["gw synth a.yaml -d /proc/x/y", 1, /^error: \/proc\/x cannot be written: /m],
  ["gw synth a.yaml -d pipe.ts", 1, /^error: .*pipe\.ts cannot be written: it is a named pipe\. Name a directory\.$/m],
  ["gw synth a.yaml -d a.yaml/below", 1, /^error: .*a\.yaml cannot be written: it is a file\. Name a directory\.$/m],
  ["gw synth a.yaml -d out", 1, /^error: out\/32-service\.a\.yaml cannot be written: it is a named pipe\. Remove it/m],
  ["gw convert a.yaml -d /dev/full", 1, /^error: \/dev\/full cannot be written: it is a device/m],
];

for (const [line, code, says] of lines) {
  test(line, async (t) => {
    const cwd = await scratch(t);
    await writeFile(join(cwd, "a.yaml"), service);
    await mkdir(join(cwd, "pipes"));
    await mkdir(join(cwd, "out"));
    execFileSync("mkfifo", ["pipe.ts", "pipes/x.yaml", "out/32-service.a.yaml"], { cwd });
    const ended = await bash(cwd, line);
    assert.match(ended.output, says);
    assert.equal(ended.code, code, ended.output);
    assert.doesNotMatch(ended.output, /\n {4}at /, "no stack trace");
  });
}
