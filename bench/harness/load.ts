import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { quantile } from "./statistics.ts";

const run = promisify(execFile);

/** The results of a load generator. Latencies are in milliseconds. */
export interface Load {
  readonly requests: number;
  readonly seconds: number;
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly core: number;
  readonly connections: number;
  readonly seconds: number;
  readonly headers: readonly (readonly [string, string])[];
}

/** Sends as many requests as the proxy answers, with wrk. */
export async function saturate(options: LoadOptions): Promise<Load> {
  const headers = options.headers.flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const { stdout } = await run("taskset", [
    ...["-c", String(options.core), "wrk", "-t1", `-c${options.connections}`, `-d${options.seconds}s`, "--latency"],
    ...headers,
    options.url,
  ]);
  const [, requests, seconds] = /(\d+) requests in ([\d.]+)s/.exec(stdout) ?? [];
  if (requests === undefined || seconds === undefined) throw new Error(`wrk said something unexpected:\n${stdout}`);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)?.slice(1) ?? [];
  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? "0";
  return {
    requests: Number(requests),
    seconds: Number(seconds),
    failed: [...errors, refused].reduce((sum, count) => sum + Number(count), 0),
    p50: milliseconds(stdout, "50%"),
    p99: milliseconds(stdout, "99%"),
  };
}

function milliseconds(output: string, percentile: string): number {
  const [, value, unit] = new RegExp(`${percentile}\\s+([\\d.]+)(us|ms|s)\\b`).exec(output) ?? [];
  return Number(value) * (unit === "us" ? 0.001 : unit === "s" ? 1000 : 1);
}

/** Sends a fixed number of requests per second over all connections, with h2load over HTTP/1.1. */
export function pace(options: LoadOptions & { readonly rate: number }): Promise<Load> {
  return h2load(options, ["--h1", `--rps=${options.rate / options.connections}`]);
}

/**
 * Sends HTTP/2 requests with h2load, which negotiates HTTP/2 by ALPN.
 *
 * @param streams the number of concurrent requests on each connection.
 * @param rate requests per second over all connections. Absent: as many as the proxy answers.
 */
export function multiplex(options: LoadOptions, streams: number, rate?: number): Promise<Load> {
  const paced = rate === undefined ? [] : [`--rps=${rate / options.connections}`];
  return h2load(options, [`-m${streams}`, ...paced]);
}

async function h2load(options: LoadOptions, kind: readonly string[]): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-bench-"));
  const log = join(folder, "requests.tsv");
  const { stdout } = await run(
    "taskset",
    [
      ...["-c", String(options.core), "h2load", "-t1", `-c${options.connections}`, ...kind],
      ...[`-D${options.seconds}`, `--log-file=${log}`],
      ...options.headers.flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
      options.url,
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  const latencies: number[] = [];
  let failed = 0;
  for (const line of readFileSync(log, "utf8").split("\n")) {
    const [, status, microseconds] = line.split("\t");
    if (status === undefined || microseconds === undefined) continue;
    if (status.startsWith("2")) latencies.push(Number(microseconds) / 1000);
    else failed += 1;
  }
  rmSync(folder, { recursive: true });
  if (latencies.length === 0) throw new Error(`h2load got no answer:\n${stdout}`);
  latencies.sort((a, b) => a - b);
  return {
    requests: latencies.length,
    seconds: options.seconds,
    failed,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}
