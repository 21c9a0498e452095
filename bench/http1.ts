/**
 * Measures the CPU time per HTTP/1.1 request. The proxy is pinned to one core, load generator and backend to the other.
 * The figure is the CPU time of the proxy's whole process tree in µs per request. Peers take turns (A B C D A B …), so
 * that drift of the machine affects all of them alike. Every proxy looks up a request header, appends X-Forwarded-For,
 * keeps connections open on both sides and writes no access log.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { startBackend } from "./harness/backend.ts";
import { browserHeaders } from "./harness/headers.ts";
import { pace, saturate } from "./harness/load.ts";
import { stop } from "./harness/processes.ts";
import { writeFigure } from "./harness/report.ts";
import type { Row } from "./harness/row.ts";
import { measureInTurns, type Series, tabulate } from "./harness/turns.ts";
import { envoy } from "./peers/envoy.ts";
import { gatewright } from "./peers/gatewright.ts";
import { haproxy } from "./peers/haproxy.ts";
import { nginx } from "./peers/nginx.ts";
import type { Peer } from "./peers/peer.ts";

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const connections = 64;
const fixedRate = 3_968; // 62 a second on each connection, less than half of what the slowest peer sustains
const proxyCore = 0;
const loadCore = 1;
const peers: readonly Peer[] = [gatewright, envoy, haproxy, nginx];

if (availableParallelism() < 2) throw new Error("this figure needs two cores: one for the proxy, one for the load");

const folder = mkdtempSync(join(tmpdir(), "gatewright-bench-"));
const rows: Row[] = [];
const versions = Object.fromEntries(await Promise.all(peers.map(async (peer) => [peer.name, await peer.version()])));
try {
  const backend = await startBackend(folder, loadCore, 80);
  for (const headers of [[], browserHeaders]) {
    const series = await measure(headers, backend.port);
    rows.push(...tabulate(headers.length + 1, fixedRate, series));
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

function measure(headers: readonly (readonly [string, string])[], backendPort: number): Promise<Map<Peer, Series>> {
  const load = (port: number) => ({ url: `http://127.0.0.1:${port}/store`, core: loadCore, connections, headers });
  return measureInTurns({
    ...{ peers, rounds, seconds, what: `${headers.length + 1} headers` },
    start: (peer) => peer.start({ folder, core: proxyCore, backendPort, canaryPort: backendPort }),
    saturate: (port, time) => saturate({ ...load(port), seconds: time }),
    pace: (port, time) => pace({ ...load(port), seconds: time, rate: fixedRate }),
  });
}
