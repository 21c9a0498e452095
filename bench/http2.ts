/**
 * Measures the CPU time per HTTP/2 request: HTTP/2 over TLS 1.3 from the client, HTTP/1.1 in clear text to the backend,
 * with ten concurrent requests on each of 64 connections. Everything else is as in bench/http1.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { issueCertificate } from "../proxy/control/issue-certificate.ts";
import { startBackend } from "./harness/backend.ts";
import { browserHeaders } from "./harness/headers.ts";
import { multiplex } from "./harness/load.ts";
import { stop } from "./harness/processes.ts";
import { writeFigure } from "./harness/report.ts";
import type { Row } from "./harness/row.ts";
import { measureInTurns, tabulate } from "./harness/turns.ts";
import { envoy } from "./peers/envoy.ts";
import { gatewright } from "./peers/gatewright.ts";
import type { KeyPairFiles, SecurePeer } from "./peers/peer.ts";

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const connections = 64;
const streams = 10;
const fixedRate = 1_984; // 31 a second on each connection
const proxyCore = 0;
const loadCore = 1;
const peers: readonly SecurePeer[] = [gatewright, envoy];

if (availableParallelism() < 2) throw new Error("this figure needs two cores: one for the proxy, one for the load");

const folder = mkdtempSync(join(tmpdir(), "gatewright-bench-"));
const rows: Row[] = [];
const versions = Object.fromEntries(await Promise.all(peers.map(async (peer) => [peer.name, await peer.version()])));
try {
  const tls = keyPair();
  const backend = await startBackend(folder, loadCore, 80);
  for (const headers of [[], browserHeaders]) {
    const load = (port: number, time: number) => ({
      ...{ url: `https://127.0.0.1:${port}/store`, core: loadCore },
      ...{ connections, headers, seconds: time },
    });
    const setup = { folder, core: proxyCore, backendPort: backend.port, canaryPort: backend.port, tls };
    const series = await measureInTurns({
      ...{ peers, rounds, seconds, what: `${headers.length + 1} headers` },
      start: (peer) => peer.start(setup),
      saturate: (port, time) => multiplex(load(port, time), streams),
      pace: (port, time) => multiplex(load(port, time), streams, fixedRate),
    });
    rows.push(...tabulate(headers.length + 1, fixedRate, series));
  }
  await stop(backend.process);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
writeFigure("http2", "HTTP/2 over TLS 1.3: CPU per proxied request", rows, {
  ...{ versions, rounds, seconds, connections, streams, fixedRate },
  unit: "µs of CPU per request (user + system)",
});
if (rows.some((row) => row.failed > 0)) process.exitCode = 1;

/** Issues a certificate with a P-256 key, which all peers use. */
function keyPair(): KeyPairFiles {
  const { certificates, key } = issueCertificate({ commonName: "bench", names: ["acme.io"] });
  const files = { certificate: join(folder, "tls.crt"), key: join(folder, "tls.key") };
  writeFileSync(files.certificate, certificates);
  writeFileSync(files.key, key, { mode: 0o600 });
  return files;
}
