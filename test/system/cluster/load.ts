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
  /** The request used a connection that had carried other requests. */
  readonly kept: boolean;
  /** An error of the system, or the status. */
  readonly why: string;
}

/** The results of all requests. */
export interface LoadReport {
  readonly sent: number;
  readonly seconds: number;
  readonly failures: readonly Failure[];
  /** Successful responses by their header `X-Version`, which routes of these tests set. */
  readonly versions: Readonly<Record<string, number>>;
}

/** A load of a hundred requests per second. */
export interface Load {
  /** Stops sending, and waits for every response. */
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
  // A busy machine takes a while to start a program, so wait until the load is running.
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

/** Runs `work` under a steady load, which ends with it in any case. */
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

/** Asserts that every request succeeded, and that there were enough of them. */
export function assertNothingLost({ sent, seconds, failures }: LoadReport): void {
  const first = failures.slice(0, 20).map(({ at, kept, why }) => `${at} ms, ${kept ? "kept" : "new"}: ${why}`);
  assert.equal(
    failures.length,
    0,
    `${failures.length} of ${sent} requests in ${seconds} s failed:\n${first.join("\n")}`,
  );
  assert.ok(sent > seconds * 50, `only ${sent} requests were sent in ${seconds} s`);
}
