/**
 * HTTP/1.1 CPU per request. The proxy is pinned to one core, load generator and backend to the other; the figure is
 * CPU µs per request of the proxy's whole process tree. Peers take turns (A B C D A B …), so that drift of the
 * machine touches all alike. Every proxy looks for a request header, appends X-Forwarded-For, keeps connections
 * alive on both sides and writes no access log.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { startBackend } from "./harness/backend.ts";
import { cpuMicroseconds, residentMebibytes } from "./harness/cpu.ts";
import { type Load, pace, saturate } from "./harness/load.ts";
import { stop } from "./harness/processes.ts";
import { writeFigure } from "./harness/report.ts";
import type { Row } from "./harness/row.ts";
import { summarize } from "./harness/statistics.ts";
import { envoy } from "./peers/envoy.ts";
import { gatewright } from "./peers/gatewright.ts";
import { haproxy } from "./peers/haproxy.ts";
import { nginx } from "./peers/nginx.ts";
import type { Peer } from "./peers/peer.ts";

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const connections = 64;
const fixedRate = 3_968; // 62 a second on each connection, less than half of what the slowest peer bears
const proxyCore = 0;
const loadCore = 1;
const peers: readonly Peer[] = [gatewright, envoy, haproxy, nginx];

const browserHeaders: readonly (readonly [string, string])[] = [
  ["User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
  ["Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
  ["Accept-Language", "en-US,en;q=0.5"],
  ["Accept-Encoding", "gzip, deflate, br, zstd"],
  ["Referer", "http://acme.io/store"],
  ["Cookie", "session=0123456789abcdef0123456789abcdef; theme=dark"],
  ["DNT", "1"],
  ["Sec-Fetch-Dest", "document"],
  ["Sec-Fetch-Mode", "navigate"],
  ["Sec-Fetch-Site", "same-origin"],
  ["Sec-Fetch-User", "?1"],
  ["Cache-Control", "max-age=0"],
  ["Priority", "u=0, i"],
];

interface Sample {
  readonly cpu: number;
  readonly load: Load;
}

interface Series {
  readonly saturated: Sample[];
  readonly paced: Sample[];
  memory: number;
}

if (availableParallelism() < 2) throw new Error("this figure needs two cores: one for the proxy, one for the load");

const folder = mkdtempSync(join(tmpdir(), "gatewright-bench-"));
const rows: Row[] = [];
const versions = Object.fromEntries(await Promise.all(peers.map(async (peer) => [peer.name, await peer.version()])));
try {
  const backend = await startBackend(folder, loadCore, 80);
  for (const headers of [[], browserHeaders]) {
    const series = await measure(headers, backend.port);
    rows.push(...tabulate(headers.length + 1, series));
  }
  await stop(backend.process);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
writeFigure("http1", "HTTP/1.1: CPU per proxied request", rows, {
  versions,
  rounds,
  seconds,
  connections,
  fixedRate,
  unit: "µs of CPU per request (user + system)",
});
if (rows.some((row) => row.failed > 0)) process.exitCode = 1;

async function measure(
  headers: readonly (readonly [string, string])[],
  backendPort: number,
): Promise<Map<Peer, Series>> {
  const series = new Map<Peer, Series>(peers.map((peer) => [peer, { saturated: [], paced: [], memory: 0 }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of peers) {
      const { process: child, port } = await peer.start({
        ...{ folder, core: proxyCore },
        ...{ backendPort, canaryPort: backendPort },
      });
      const options = { url: `http://127.0.0.1:${port}/store`, core: loadCore, connections, headers };
      await saturate({ ...options, seconds: 2 }); // warm: just-in-time compilers and connection pools
      const samples = series.get(peer);
      if (samples === undefined) continue;
      samples.saturated.push(await sample(child.pid, () => saturate({ ...options, seconds })));
      samples.paced.push(await sample(child.pid, () => pace({ ...options, seconds, rate: fixedRate })));
      samples.memory = Math.max(samples.memory, residentMebibytes(child.pid));
      await stop(child);
      const last = samples.saturated.at(-1);
      console.error(
        `  ${headers.length + 1} headers, round ${round + 1}: ${peer.name.padEnd(10)} ` +
          `${last?.cpu.toFixed(1)} µs, ${Math.round((last?.load.requests ?? 0) / seconds)} requests/s`,
      );
    }
  }
  return series;
}

async function sample(pid: number, load: () => Promise<Load>): Promise<Sample> {
  const before = cpuMicroseconds(pid);
  const seen = await load();
  return { cpu: (cpuMicroseconds(pid) - before) / seen.requests, load: seen };
}

function tabulate(headerCount: number, series: ReadonlyMap<Peer, Series>): Row[] {
  const headers = headerCount === 1 ? "1 header" : `${headerCount} headers`;
  const kinds = [
    ["saturated", `${headers}, saturated`],
    ["paced", `${headers}, ${fixedRate} requests/s`],
  ] as const;
  return kinds.flatMap(([kind, group]) =>
    [...series].map(([peer, samples]) => ({
      group,
      peer: peer.name,
      cpu: summarize(samples[kind].map((each) => each.cpu)),
      requestsPerSecond: summarize(samples[kind].map((each) => each.load.requests / each.load.seconds)).median,
      p50: summarize(samples[kind].map((each) => each.load.p50)).median,
      p99: summarize(samples[kind].map((each) => each.load.p99)).median,
      memory: samples.memory,
      failed: samples[kind].reduce((sum, each) => sum + each.load.failed, 0),
    })),
  );
}
