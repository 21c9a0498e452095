import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, listening, startPinned } from "../harness/processes.ts";
import type { Peer } from "./peer.ts";

export const haproxy: Peer = {
  name: "HAProxy",
  async version() {
    const { stdout } = await promisify(execFile)("haproxy", ["-v"]);
    return /version (\S+)/.exec(stdout)?.[1] ?? "unknown";
  },
  async start({ folder, core, backendPort, canaryPort }) {
    const port = await freePort();
    const file = join(folder, "haproxy.cfg");
    writeFileSync(
      file,
      `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  option http-keep-alive
  http-reuse always
  option forwardfor
  timeout connect 5s
  timeout client 300s
  timeout server 300s
frontend bench
  bind 127.0.0.1:${port}
  http-request set-header X-Forwarded-Proto http
  acl canary req.hdr(x-canary) -m str always
  use_backend canary if canary
  default_backend stable
backend stable
  server s 127.0.0.1:${backendPort}
backend canary
  server c 127.0.0.1:${canaryPort}
`,
    );
    const process = startPinned(core, "haproxy", ["-db", "-f", file]);
    await listening(port);
    return { process, port };
  },
};
