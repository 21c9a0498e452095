import type { HostPort } from "../../../proxy/control/local-sockets.ts";
import type { Reporter } from "../dev/reporter.ts";
import type { AdminServer } from "./server.ts";

/** The default address is on loopback: the admin address is for users of this machine. */
const standard: HostPort = { host: "127.0.0.1", port: 9901 };
const mostTries = 100;

/**
 * Binds the requested address, or the default one and, while its port is taken, the next port. If no address can be
 * bound, the proxy serves without an admin address.
 */
export async function bindAdmin(admin: AdminServer, wanted: HostPort | undefined, reporter: Reporter): Promise<void> {
  let address = wanted ?? standard;
  for (let tries = 1; ; tries++) {
    try {
      const { host, port } = await admin.listen(address);
      return reporter.admin(`http://${authority(host, port)}/`);
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE" || wanted !== undefined || tries === mostTries) {
        return reporter.adminFailed(
          authority(address.host, address.port),
          code === "EADDRINUSE" ? "another process has it" : message,
        );
      }
      address = { ...address, port: address.port + 1 };
    }
  }
}

function authority(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
