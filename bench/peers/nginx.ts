import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, listening, startPinned } from "../harness/processes.ts";
import type { Peer } from "./peer.ts";

export const nginx: Peer = {
  name: "nginx",
  async version() {
    const { stderr } = await promisify(execFile)("nginx", ["-v"]);
    return stderr.trim().replace("nginx version: nginx/", "");
  },
  async start({ folder, core, backendPort, canaryPort }) {
    const port = await freePort();
    const file = join(folder, "nginx.conf");
    writeFileSync(
      file,
      `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log error;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 300;
  client_body_temp_path ${folder}/nginx-body; proxy_temp_path ${folder}/nginx-proxy;
  fastcgi_temp_path ${folder}/nginx-f; uwsgi_temp_path ${folder}/nginx-u; scgi_temp_path ${folder}/nginx-s;
  upstream stable { server 127.0.0.1:${backendPort}; keepalive 256; keepalive_requests 1000000000; }
  upstream canary { server 127.0.0.1:${canaryPort}; keepalive 256; }
  map $http_x_canary $pool { always canary; default stable; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_pass http://$pool;
    }
  }
}
`,
    );
    const process = startPinned(core, "nginx", ["-c", file, "-e", join(folder, "nginx.log")]);
    await listening(port);
    return { process, port };
  },
};
