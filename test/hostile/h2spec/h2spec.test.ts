import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { h2spec } from "../../../tools/h2spec.ts";
import { ok } from "../../unit/dataplane/harness/backend.ts";
import { startBackend, startProxy } from "../../unit/dataplane/harness/setup.ts";
import { startTLSProxy } from "../../unit/dataplane/harness/tls.ts";
import { exchange, get } from "../../unit/dataplane/harness/wire.ts";
import { exceptions } from "./exceptions.ts";
import { readReport, type Verdict } from "./report.ts";

/** The body is long enough for the cases about flow control, which need several DATA frames. */
const body = "gatewright ".repeat(64);

/**
 * Milliseconds until the backend answers. Some cases send a second frame for a stream with a complete request, in a
 * packet of its own, while the stream should be half-closed: an immediate response would have closed it.
 */
const answerAfter = 20;

for (const scheme of ["http", "https"] as const) {
  test(`h2spec over ${scheme === "http" ? "TCP, by prior knowledge" : "TLS, by ALPN"}`, async (t) => {
    const backend = await startBackend(t, async () => {
      await sleep(answerAfter);
      return ok(body);
    });
    const { port, alive } = await start(t, scheme, backend.port);
    const verdicts = await run(port, scheme === "https" ? ["-t", "-k"] : []);
    assert.ok(verdicts.length > 140, `h2spec reports ${verdicts.length} cases only`);
    for (const { name, outcome, detail } of verdicts) {
      const { reason, scheme: only = scheme } = exceptions[name] ?? {};
      const isException = reason !== undefined && only === scheme;
      await t.test(name, { skip: outcome === "skipped" && "h2spec cannot ask this of the answers here" }, (each) => {
        if (!isException) assert.equal(outcome, "passed", detail);
        else assert.equal(outcome, "failed", "passes now: take it out of test/hostile/h2spec/exceptions.ts");
        if (isException) each.diagnostic(`not passed: ${reason}`);
      });
    }
    const unknown = Object.keys(exceptions).filter((name) => !verdicts.some((verdict) => verdict.name === name));
    assert.deepEqual(unknown, [], "h2spec has no such case");
    await alive();
  });
}

/** Starts the proxy. `alive` asserts that it still serves afterwards. */
async function start(t: TestContext, scheme: "http" | "https", backendPort: number) {
  if (scheme === "https") {
    const { port, send } = await startTLSProxy(t, backendPort);
    return { port, alive: async () => assert.equal((await send(get("/"))).status, 200) };
  }
  const { port } = await startProxy(t, { endpoints: { main: backendPort } });
  return { port, alive: async () => assert.equal((await exchange(port, get("/"))).status, 200) };
}

/** Runs h2spec. Its exit code only says that cases failed; the report has them. */
async function run(port: number, options: readonly string[]): Promise<Verdict[]> {
  const directory = mkdtempSync(join(tmpdir(), "gatewright-h2spec-"));
  const report = join(directory, "report.xml");
  try {
    const child = spawn(h2spec(), ["-h", "127.0.0.1", "-p", String(port), "-j", report, ...options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    await once(child, "exit");
    try {
      return readReport(readFileSync(report, "utf8"));
    } catch (cause) {
      throw new Error(`h2spec wrote no report. It said:\n${output}`, { cause });
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}
