import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import type { HostPort } from "../../../proxy/control/local-sockets.ts";
import type { Log } from "../../../proxy/control/log.ts";
import { StreamSource } from "../../../proxy/control/stream/stream-source.ts";
import type { NamespacedName } from "../../routing/ir.ts";
import { jsonLog } from "../report/log.ts";
import type { ExitCode, Terminal } from "../report/terminal.ts";
import { type ProcessOptions, runProcess } from "./run.ts";

export interface ControllerProcessOptions extends ProcessOptions {
  /** The controllers' Service: each address of this name may be a controller. */
  readonly controller: HostPort;
  readonly gateway: NamespacedName;
  /**
   * Directory with `ca.crt`, the CA certificate to trust, and `token`, the proxy's own token. Both are renewed while
   * the process runs.
   */
  readonly credentials: string;
}

/**
 * Serves the configuration that a cluster's controller streams, until a signal asks it to stop. The process is unready
 * until it has a configuration.
 */
export async function runFromController(terminal: Terminal, options: ControllerProcessOptions): Promise<ExitCode> {
  const stopped = terminal.stopped();
  const log = jsonLog(terminal);
  const { controller, gateway, credentials: directory } = options;
  const source = new StreamSource({
    gateway,
    instance: terminal.env.POD_NAME ?? hostname(),
    serverName: controller.host,
    addresses: () => addressesOf(controller),
    credentials: async () => credentials.createSsl(await readFile(join(directory, "ca.crt"))),
    token: async () => (await readFile(join(directory, "token"), "utf8")).trim(),
    report: reportTo(log),
  });
  return runProcess(terminal, source, options, log, stopped);
}

async function addressesOf({ host, port }: HostPort): Promise<readonly string[]> {
  const addresses = isIP(host) ? [{ address: host }] : await lookup(host, { all: true });
  return addresses.map(({ address }) => (address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`));
}

/**
 * Logs the events of the stream. A repeated failure is not logged again: the proxy retries an absent controller every
 * few seconds.
 */
function reportTo(log: Log) {
  let told: string | undefined;
  return {
    connected(address: string) {
      told = undefined;
      log("info", "following the controller", { controller: address });
    },
    failed(address: string, error: Error) {
      const news = `${address} ${error.message}`;
      if (news !== told) log("warn", "the controller does not answer", { controller: address, why: error.message });
      told = news;
    },
    refused(error: Error) {
      log("error", "a configuration cannot be enforced; the one before stays", { why: error.message });
    },
  };
}
