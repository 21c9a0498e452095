/**
 * Runs a proxy and its backend in a process of its own, for tests that a process cannot run on itself. Prints its port,
 * then its resource usage.
 */
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpDataPlane } from "../../../../proxy/dataplane/proxy.ts";
import { gateway, snapshot } from "./configuration.ts";

const backend = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1");
await once(backend, "listening");
const { port } = backend.address() as AddressInfo;
const proxy = new HttpDataPlane({ limits: { connectTimeout: 1_000 } });
const other = await new Promise<number>((resolve) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const free = (probe.address() as AddressInfo).port;
    probe.close(() => resolve(free));
  });
});
const [bound] = await proxy.apply(snapshot({ endpoints: { main: [port, other] } }));
// A number as argument leaves only that many file descriptors free.
const left = Number(process.argv[2] ?? 0);
if (left > 0) {
  const held: number[] = [];
  try {
    for (;;) held.push(openSync("/dev/null", "r"));
  } catch {
    for (const descriptor of held.slice(-left)) closeSync(descriptor);
  }
}
process.stdout.write(`${bound?.localPort}\n`);
process.stdin.on("data", () => {
  const { user, system } = process.cpuUsage();
  const { connections } = proxy.stats;
  const ejected = proxy.stats.gateway(gateway).backends.get("default/main:80")?.ejected ?? 0;
  process.stdout.write(`${JSON.stringify({ cpu: (user + system) / 1_000, ...connections, ejected })}\n`);
});
