import type { Applied } from "../../../proxy/control/embedded.ts";
import { fullName } from "../../analysis/traffic/describe.ts";
import { type Text, text } from "../../printing/text.ts";
import { table } from "../report/table.ts";

/** Returns a table with a line for each listener: Gateway, listener and local address. Without any, it says so. */
export function portTable({ gateways, sockets }: Pick<Applied, "gateways" | "sockets">): Text {
  const rows = gateways.flatMap(({ gateway, ports }) =>
    ports.flatMap(({ port, protocol, listeners }) => {
      const bound = sockets.find((socket) => socket.port === port && fullName(socket.gateway) === fullName(gateway));
      const address =
        bound === undefined || bound.error !== undefined
          ? `not bound: ${bound?.error?.message ?? "not served"}`
          : localAddress(protocol, bound);
      return listeners.map((listener) => [
        fullName(gateway),
        listener.hostname === undefined ? listener.name : `${listener.name} (${listener.hostname})`,
        address,
      ]);
    }),
  );
  return rows.length === 0 ? text`No Gateway is served.\n` : table(["GATEWAY", "LISTENER", "LOCAL ADDRESS"], rows);
}

/** Returns a URL such as `http://127.0.0.1:8080`; protocols without a scheme get none. */
export function localAddress(
  protocol: string,
  { host, localPort }: { readonly host: string; readonly localPort: number },
): string {
  const authority = `${host.includes(":") ? `[${host}]` : host}:${localPort}`;
  if (protocol === "HTTP") return `http://${authority}`;
  return protocol === "HTTPS" ? `https://${authority}` : authority;
}
