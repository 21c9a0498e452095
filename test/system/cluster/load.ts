import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { KeyPair } from "../../../proxy/dataplane/tls/key-pairs.ts";
import { shownBy } from "./ask.ts";
import type { OwnCluster } from "./cluster.ts";

/** A request that was not answered with 200 and a whole body. */
export interface Failure {
  /** Milliseconds since the load began. */
  readonly at: number;
  /** Whether it was sent over a connection that had carried others. */
  readonly kept: boolean;
  /** An error of the system, or the status. */
  readonly why: string;
}

/** What became of every request. */
export interface LoadReport {
  readonly sent: number;
  readonly seconds: number;
  readonly failures: readonly Failure[];
  /** Good answers by their field `X-Version`, which routes of these tests set. */
  readonly versions: Readonly<Record<string, number>>;
}

/** A hundred requests a second are on their way all the time. */
export interface Load {
  /** Sends no more, and waits for every answer. */
  stop(): Promise<LoadReport>;
}

/** Begins a steady load on a URL from inside the cluster's network. */
export async function steadyLoad(own: OwnCluster, url: string, client?: KeyPair): Promise<Load> {
  const program = [process.execPath, join(import.meta.dirname, "load-client.ts"), url];
  const [command = "", ...args] = ["nsenter", "--target", String(own.init), "--net", "--", ...program];
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...shownBy(client) },
  });
  // A busy machine takes a while to start a program: whatever happens next happens under load.
  await once(child.stdout, "readable");
  const printed = text(child.stdout);
  let report: Promise<LoadReport> | undefined;
  const stop = async (): Promise<LoadReport> => {
    child.stdin.end();
    return JSON.parse(await printed) as LoadReport;
  };
  return {
    stop: () => {
      report ??= stop();
      return report;
    },
  };
}

/** Runs `work` under a steady load. However it ends, so does the load. */
export async function underLoad(
  own: OwnCluster,
  url: string,
  work: () => Promise<void>,
  client?: KeyPair,
): Promise<LoadReport> {
  const load = await steadyLoad(own, url, client);
  try {
    await work();
  } finally {
    await load.stop();
  }
  return load.stop();
}

/** Every request was answered as it should be, and there were enough of them to mean something. */
export function assertNothingLost({ sent, seconds, failures }: LoadReport): void {
  const first = failures.slice(0, 20).map(({ at, kept, why }) => `${at} ms, ${kept ? "kept" : "new"}: ${why}`);
  assert.equal(
    failures.length,
    0,
    `${failures.length} of ${sent} requests in ${seconds} s failed:\n${first.join("\n")}`,
  );
  assert.ok(sent > seconds * 50, `only ${sent} requests were sent in ${seconds} s`);
}
