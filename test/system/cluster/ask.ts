import { join } from "node:path";
import type { KeyPair } from "../../../proxy/dataplane/tls/key-pairs.ts";
import type { OwnCluster } from "./cluster.ts";

/** What became of one request. */
export interface Answered {
  /** 0: there was no answer. */
  readonly status: number;
  /** The field `X-Version`, which routes of these tests set. */
  readonly version?: string;
  /** The pod of the suite's backend that answered. */
  readonly pod?: string;
  /** What the backend says of the connection that the request came over, if that is TLS. */
  readonly upstream?: { readonly serverName: string; readonly peerCertificates?: readonly string[] };
  /** SHA-256 of the certificate that was shown. */
  readonly fingerprint?: string;
  readonly error?: string;
}

/**
 * One request over a connection of its own, from inside the cluster's network. Certificates are told, not judged.
 *
 * @param client what the client shows if it is asked for a certificate. Default: it has none.
 */
export async function ask(own: OwnCluster, url: string, client?: KeyPair): Promise<Answered> {
  const [answer] = await askOften(own, url, 1, client);
  return answer ?? { status: 0 };
}

/** As `ask`, so many times, one after another. */
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

/** How programs of these tests are told the certificate that they are to show. */
export function shownBy(client?: KeyPair): Readonly<Record<string, string>> {
  return client === undefined ? {} : { CLIENT_CERTIFICATE: client.certificates, CLIENT_KEY: client.key };
}
