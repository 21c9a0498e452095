/**
 * Runs a proxy in a process of its own, so that the process's memory is the proxy's. Its configuration is the first
 * argument and, later, messages over IPC. It reports what it holds after a garbage collection, which needs --expose-gc.
 */
import { setImmediate as turn } from "node:timers/promises";
import { HttpDataPlane } from "../../../proxy/dataplane/proxy.ts";
import { snapshot } from "../../unit/dataplane/harness/configuration.ts";
import { tlsSnapshot } from "../../unit/dataplane/harness/tls.ts";
import type { Holding, ProxyOrder, Start } from "./proxy-child.ts";

const { options, limits, tls }: Start = JSON.parse(process.argv[2] ?? "{}");
const proxy = new HttpDataPlane({ limits });
const apply = async (served: Start["options"]) =>
  proxy.apply(tls === undefined ? snapshot(served) : tlsSnapshot(snapshot({ ...served, protocol: "HTTPS" }), tls));

const [bound] = await apply(options);
process.send?.({ port: bound?.localPort });
process.on("message", (order: ProxyOrder) => {
  void (order.apply === undefined ? measure() : apply(order.apply)).then((told) => process.send?.({ told }));
});
process.on("disconnect", () => process.exit());

/** Measures after two garbage collections, since the first may leave objects that its finalizers release. */
async function measure(): Promise<Holding> {
  for (let i = 0; i < 2; i++) {
    (globalThis as unknown as { gc(): void }).gc();
    await turn();
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const { connections, tunnels, overload } = proxy.stats;
  const { active, accepted, refused } = connections;
  return { rss, heapUsed, external, arrayBuffers, active, accepted, refused, tunnels: tunnels.active, overload };
}
