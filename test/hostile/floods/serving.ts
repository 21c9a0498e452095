import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { Limits } from "../../../proxy/dataplane/limits/limits.ts";
import { dial, type RawConnection } from "../../unit/dataplane/harness/wire.ts";
import { type ProxyChild, type Start, startProxyChild } from "../load/proxy-child.ts";

const large = Buffer.alloc(8 * 1024 * 1024, "x");

/** Answers `/large` with 8 MiB, and other paths at once with a small body. */
const serve: RequestListener = (request, response) => {
  request.resume();
  response.end(request.url === "/large" ? large : "ok");
};

/** Starts a proxy process with a backend behind it. */
export async function startServing(
  context: TestContext,
  limits: Partial<Limits> = {},
  more: Partial<Start> = {},
): Promise<ProxyChild> {
  const backend = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 }, serve).listen(0, "127.0.0.1");
  await once(backend, "listening");
  context.after(() => {
    backend.close();
    backend.closeAllConnections();
  });
  const { port } = backend.address() as AddressInfo;
  return startProxyChild(context, { options: { endpoints: { main: port } }, limits, ...more });
}

/** Opens a number of connections, one after another. */
export async function open(port: number, count: number): Promise<RawConnection[]> {
  const connections: RawConnection[] = [];
  for (let i = 0; i < count; i++) connections.push(await dial(port));
  return connections;
}
