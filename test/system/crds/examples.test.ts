import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { suite, test } from "node:test";
import type { Channel } from "../../../lib/api/schema/schema.ts";
import { run } from "../../../lib/cli/program.ts";
import { outputTo } from "../../../lib/cli/report/terminal.ts";
import type { Finding } from "../../../lib/findings/finding.ts";
import { gatewayApi } from "../../../tools/gateway-api.ts";
import { gatewright } from "../../unit/cli/gatewright.ts";
import { invalidExamples } from "./invalid-examples.ts";

const channels = ["standard", "experimental"] as const;

/** Returns the YAML files below a directory of the module, by their path in it. */
function filesOf(directory: string): string[] {
  return globSync("**/*.yaml", { cwd: join(gatewayApi(), directory) }).sort();
}

/** Returns the channels of a file. The experimental channel includes the standard one. */
function channelsOf(file: string): readonly Channel[] {
  return file.startsWith("standard/") ? channels : ["experimental"];
}

function pathOf(directory: string, file: string): string {
  return join(gatewayApi(), directory, file);
}

const schemaOnly = (channel: Channel) => ["check", "--only", "schema", "--channel", channel];

/** Runs the command in this process. */
async function check(channel: Channel, source: string): Promise<{ readonly code: number; readonly errors: Finding[] }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const terminal = {
    stdout: outputTo(stdout),
    stderr: outputTo(stderr),
    stdin: Readable.from([]),
    env: {},
    interactive: { stdout: false, stderr: false },
    stopped: () => Promise.resolve(),
    outliveFaults: () => undefined,
  };
  const written = Promise.all([text(stdout), text(stderr)]);
  const code = await run([...schemaOnly(channel), "--output", "json", source], terminal);
  stdout.end();
  stderr.end();
  const { findings } = JSON.parse((await written)[0]) as { readonly findings: Finding[] };
  return { code, errors: findings.filter(({ severity }) => severity === "error") };
}

function inOrder(errors: readonly { readonly code: string; readonly field?: string }[]): string[] {
  return errors.map(({ code, field }) => `${field} ${code}`).sort();
}

suite("the API's examples", () => {
  const files = filesOf("examples");

  test("are there, in the directories of their channels", () => {
    assert.ok(files.length > 80, `${files.length} files`);
    assert.deepEqual([...new Set(files.map((file) => file.split("/")[0]))].sort(), channels.toSorted());
  });

  for (const file of files) {
    for (const channel of channelsOf(file)) {
      test(`${file} passes in the ${channel} channel`, async () => {
        assert.deepEqual(await check(channel, pathOf("examples", file)), { code: 0, errors: [] });
      });
    }
  }

  for (const channel of channels) {
    test(`those of the ${channel} channel pass together, each a source of its own`, async () => {
      const sources = files
        .filter((file) => channelsOf(file).includes(channel))
        .map((file) => pathOf("examples", file));
      const { code, stdout, stderr } = await gatewright([...schemaOnly(channel), ...sources]);
      assert.equal(code, 0, stdout + stderr);
      assert.doesNotMatch(stdout + stderr, /\berror\b/);
    });
  }
});

suite("the API's invalid examples", () => {
  const files = filesOf("hack/invalid-examples");

  test("are those of the table", () => {
    assert.deepEqual(files, Object.keys(invalidExamples).sort());
  });

  for (const file of files) {
    for (const channel of channelsOf(file)) {
      test(`${file} is refused at the right field in the ${channel} channel`, async () => {
        const { code, errors } = await check(channel, pathOf("hack/invalid-examples", file));
        assert.equal(code, 1);
        assert.deepEqual(inOrder(errors), inOrder(invalidExamples[file] ?? []));
        for (const { origin } of errors) assert.ok(origin !== undefined && "line" in origin && (origin.line ?? 0) > 1);
      });
    }
  }

  test("are refused by the command with the file, the line and what is wrong", async () => {
    const file = pathOf("hack/invalid-examples", "standard/httproute/invalid-method.yaml");
    const { code, stdout } = await gatewright([...schemaOnly("standard"), file]);
    assert.equal(code, 1);
    const [line = ""] = stdout.split("\n");
    assert.ok(line.startsWith(`${file}:8:7  error GW1104 HTTPRoute invalid-method spec.rules[0].matches[0].method: `));
  });
});
