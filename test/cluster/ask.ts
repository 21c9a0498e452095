import { join } from "node:path";
import type { OwnCluster } from "./cluster.ts";

/** What became of one request. */
export interface Answered {
  /** 0: there was no answer. */
  readonly status: number;
  /** The field `X-Version`, which routes of these tests set. */
  readonly version?: string;
  /** The pod of the suite's backend that answered. */
  readonly pod?: string;
  /** SHA-256 of the certificate that was shown. */
  readonly fingerprint?: string;
  readonly error?: string;
}

/** One request over a connection of its own, from inside the cluster's network. Certificates are told, not judged. */
export async function ask(own: OwnCluster, url: string): Promise<Answered> {
  const [answer] = await askOften(own, url, 1);
  return answer ?? { status: 0 };
}

/** As `ask`, so many times, one after another. */
export async function askOften(own: OwnCluster, url: string, times: number): Promise<readonly Answered[]> {
  const program = join(import.meta.dirname, "ask-client.ts");
  const { code, stdout, stderr } = await own.inNetwork([process.execPath, program, url, String(times)]);
  if (code !== 0) throw new Error(`${url} could not be asked: ${stderr}`);
  return JSON.parse(stdout) as readonly Answered[];
}
