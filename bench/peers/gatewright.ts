import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, listening, startPinned } from "../harness/processes.ts";
import type { SecurePeer } from "./peer.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Gatewright as a user runs it: the built command `gatewright dev` with two declared backends. */
export const gatewright: SecurePeer = {
  name: "Gatewright",
  async version() {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    return `${version} on Node ${process.versions.node}`;
  },
  async start({ folder, core, backendPort, canaryPort, tls }) {
    const { bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { bin: { gatewright: string } };
    const port = await freePort();
    const admin = await freePort();
    const file = join(folder, "bench.yaml");
    writeFileSync(file, manifests(tls === undefined ? plain : secured));
    const child = startPinned(core, process.execPath, [
      ...[join(root, bin.gatewright), "dev", file],
      ...["--listen", `default/bench:80=127.0.0.1:${port}`, "--admin", `127.0.0.1:${admin}`],
      ...["--backend", `default/stable:8080=127.0.0.1:${backendPort}`],
      ...["--backend", `default/canary:8080=127.0.0.1:${canaryPort}`],
      ...(tls === undefined ? [] : ["--certificate", `default/bench=${tls.certificate},${tls.key}`]),
    ]);
    await listening(port);
    return { process: child, port };
  },
};

const plain = "name: http, protocol: HTTP, port: 80";
const secured =
  "name: https, protocol: HTTPS, port: 80, " +
  "tls: { certificateRefs: [{ name: bench }], options: { gatewright.dev/min-version: TLSv1.3 } }";

const manifests = (listener: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: bench, namespace: default }
spec:
  gatewayClassName: bench
  listeners: [{ ${listener} }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: bench, namespace: default }
spec:
  parentRefs: [{ name: bench }]
  rules:
  - matches: [{ headers: [{ name: x-canary, value: always }] }]
    backendRefs: [{ name: canary, port: 8080 }]
  - backendRefs: [{ name: stable, port: 8080 }]
`;
