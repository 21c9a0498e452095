import { once } from "node:events";
import type { TestContext } from "node:test";
import { type ConnectionOptions, connect } from "node:tls";
import { HttpDataPlane, type ProxyOptions } from "../../../../proxy/dataplane/proxy.ts";
import type { Snapshot } from "../../../../proxy/dataplane/routing/snapshot.ts";
import type { KeyPair } from "../../../../proxy/dataplane/tls/key-pairs.ts";
import { keyPairFor } from "../tls/key-pairs.ts";
import { snapshot } from "./configuration.ts";
import { type Message, RawConnection } from "./wire.ts";

/** Returns the configuration with this certificate for every HTTPS listener. */
export function tlsSnapshot(base: Snapshot, keyPair: KeyPair): Snapshot {
  const tls = { mode: "Terminate" as const, certificates: [{ namespace: "default", name: "acme" }] };
  return {
    ...base,
    gateways: base.gateways.map((ir) => ({
      ...ir,
      ports: ir.ports.map((port) => ({ ...port, listeners: port.listeners.map((each) => ({ ...each, tls })) })),
    })),
    keyPairs: new Map([["default/acme", keyPair]]),
  };
}

/** Opens a TLS connection for raw bytes, to acme.io unless `options` say otherwise. */
export async function dialTLS(port: number, options: ConnectionOptions = {}): Promise<RawConnection> {
  const socket = connect({ host: "127.0.0.1", port, servername: "acme.io", rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  return new RawConnection(socket);
}

/** Starts a TLS proxy that ends with its test. `send` exchanges one request on a connection of its own. */
export async function startTLSProxy(context: TestContext, backendPort: number, options: ProxyOptions = {}) {
  const proxy = new HttpDataPlane(options);
  context.after(() => proxy.close());
  const base = snapshot({ endpoints: { main: backendPort }, protocol: "HTTPS" });
  const [bound] = await proxy.apply(tlsSnapshot(base, keyPairFor(["acme.io"])));
  if (bound === undefined || bound.error !== undefined) throw new Error(`not bound: ${bound?.error?.message}`);
  const { localPort: port } = bound;
  const send = async (request: string): Promise<Message> => {
    const connection = await dialTLS(port);
    try {
      connection.send(request);
      return await connection.message();
    } finally {
      connection.close();
    }
  };
  return { proxy, port, send };
}
