import { join } from "node:path";
import type { KeyPair } from "../../../proxy/dataplane/tls/key-pairs.ts";
import type { OwnCluster } from "./cluster.ts";

/** The result of one request. */
export interface Answered {
  /** HTTP status. 0: there was no response. */
  readonly status: number;
  /** The header `X-Version`, which routes of these tests set. */
  readonly version?: string;
  /** The pod of the suite's backend that answered. */
  readonly pod?: string;
  /** The TLS connection of the request as the backend reports it, if there is one. */
  readonly upstream?: { readonly serverName: string; readonly peerCertificates?: readonly string[] };
  /** SHA-256 of the certificate that the server presented. */
  readonly fingerprint?: string;
  readonly error?: string;
}

/**
 * Sends one request over a connection of its own, from inside the cluster's network. Certificates are reported, not
 * verified.
 *
 * @param client the client certificate to present if it is requested. Default: none.
 */
export async function ask(own: OwnCluster, url: string, client?: KeyPair): Promise<Answered> {
  const [answer] = await askOften(own, url, 1, client);
  return answer ?? { status: 0 };
}

/** Sends a number of requests like `ask`, one after another. */
export async function askOften(
  own: OwnCluster,
  url: string,
  times: number,
  client?: KeyPair,
): Promise<readonly Answered[]> {
  const program = join(import.meta.dirname, "ask-client.ts");
  const command = [process.execPath, program, url, String(times)];
  const { code, stdout, stderr } = await own.inNetwork(command, { env: shownBy(client) });
  if (code !== 0) throw new Error(`${url} could not be asked: ${stderr}`);
  return JSON.parse(stdout) as readonly Answered[];
}

/** Returns the environment variables that pass the client certificate to programs of these tests. */
export function shownBy(client?: KeyPair): Readonly<Record<string, string>> {
  return client === undefined ? {} : { CLIENT_CERTIFICATE: client.certificates, CLIENT_KEY: client.key };
}
