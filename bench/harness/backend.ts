import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, listening, startPinned } from "./processes.ts";

/** Starts an nginx that answers every request from memory with a body of the given size. */
export async function startBackend(
  folder: string,
  core: number,
  bodyBytes: number,
): Promise<{ readonly process: ChildProcess; readonly port: number }> {
  const port = await freePort();
  const file = join(folder, "backend.conf");
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${folder}/backend.pid; error_log ${folder}/backend.log error;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 300;
  client_body_temp_path ${folder}/backend-body; proxy_temp_path ${folder}/backend-proxy;
  fastcgi_temp_path ${folder}/backend-f; uwsgi_temp_path ${folder}/backend-u; scgi_temp_path ${folder}/backend-s;
  server { listen 127.0.0.1:${port} backlog=4096; location / { return 200 "${"x".repeat(bodyBytes)}"; } }
}
`,
  );
  const child = startPinned(core, "nginx", ["-c", file, "-e", join(folder, "backend.log")]);
  await listening(port);
  return { process: child, port };
}
