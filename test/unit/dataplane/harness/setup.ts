import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { TestContext } from "node:test";
import { HttpDataPlane, type ProxyOptions } from "../../../../proxy/dataplane/proxy.ts";
import { Backend, ok, type Respond } from "./backend.ts";
import { type SnapshotOptions, snapshot } from "./configuration.ts";

/** Starts a proxy that ends with its test. */
export async function startProxy(
  context: TestContext,
  options: SnapshotOptions,
  proxyOptions: ProxyOptions = {},
): Promise<{ readonly proxy: HttpDataPlane; readonly port: number }> {
  const proxy = new HttpDataPlane(proxyOptions);
  context.after(() => proxy.close());
  const [bound] = await proxy.apply(snapshot(options));
  if (bound === undefined || bound.error !== undefined) throw new Error(`not bound: ${bound?.error?.message}`);
  return { proxy, port: bound.localPort };
}

/** Starts a backend that ends with its test. */
export async function startBackend(context: TestContext, respond: Respond = () => ok()): Promise<Backend> {
  const backend = await new Backend(respond).listen();
  context.after(() => backend.close());
  return backend;
}

/** Starts a proxy and one backend behind one rule for every request. */
export async function startPair(context: TestContext, respond: Respond = () => ok(), proxyOptions: ProxyOptions = {}) {
  const backend = await startBackend(context, respond);
  const { proxy, port } = await startProxy(context, { endpoints: { main: backend.port } }, proxyOptions);
  return { backend, proxy, port };
}

/** Returns a port on which nothing listens. */
export async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
