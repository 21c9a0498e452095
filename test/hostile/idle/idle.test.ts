import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { mostDescriptors } from "../../../proxy/dataplane/limits/descriptors.ts";
import { ok } from "../../unit/dataplane/harness/backend.ts";
import { startBackend } from "../../unit/dataplane/harness/setup.ts";
import { exchange, get } from "../../unit/dataplane/harness/wire.ts";
import { startProxyChild } from "../load/proxy-child.ts";

const wanted = 10_000;
/** The number of connections that descriptors allow: the proxy reserves as many for backends as for clients. */
const possible = Math.min(wanted, Math.floor((mostDescriptors() ?? wanted * 3) / 2) - 300);
const few = possible < 1_000 ? `only ${possible} connections are possible: raise ulimit -n` : false;

/** Maximum KiB of resident memory for one idle connection, without socket buffers in the kernel. */
const mostKibibytes = 24;

test(`${possible} connections are kept idle and served again`, { skip: few, timeout: 120_000 }, async (t) => {
  const backend = await startBackend(t, () => ok());
  const proxy = await startProxyChild(t, {
    options: { endpoints: { main: backend.port } },
    limits: { addressConnections: 0 },
  });
  for (let i = 0; i < 200; i++) await exchange(proxy.port, get("/"));
  const before = await proxy.measure();
  const script = fileURLToPath(new URL("./clients.ts", import.meta.url));
  const command = [process.execPath, "--conditions=gatewright-source", script, String(proxy.port), String(possible)];
  const clients = spawn(command[0] as string, command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => clients.kill("SIGKILL"));
  const open = async () => Number(String((await once(clients.stdout, "data"))[0]));
  assert.equal(await open(), possible);
  // By then, the buffers of the last reads are freed.
  await sleep(1_000);
  const held = await proxy.measure();
  assert.equal(held.active, possible);
  const each = (held.rss - before.rss) / possible / 1_024;
  const heap = (held.heapUsed + held.external - before.heapUsed - before.external) / possible / 1_024;
  t.diagnostic(
    `${each.toFixed(2)} KiB resident for each connection, ${heap.toFixed(2)} KiB of it in use by JavaScript`,
  );
  assert.ok(each < mostKibibytes, `${each.toFixed(2)} KiB for each connection`);
  assert.equal((await exchange(proxy.port, get("/"))).status, 200, "others are served meanwhile");
  clients.stdin.write("again\n");
  assert.equal(await open(), possible, "each is served again");
  clients.kill("SIGKILL");
  for (let tries = 0; (await proxy.measure()).active > 0; tries++) {
    assert.ok(tries < 100, "connections are left");
    await sleep(100);
  }
  const after = await proxy.measure();
  const left = (after.heapUsed + after.external - before.heapUsed - before.external) / 1_024 / 1_024;
  assert.ok(left < 8, `${left.toFixed(1)} MiB are left when all are gone`);
});
