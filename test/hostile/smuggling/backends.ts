import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { unusedPort } from "../../unit/dataplane/harness/setup.ts";
import { StrictBackend } from "./strict-backend.ts";

/** A server behind the proxy: its port, and the lines of the requests that it has read, in order. */
export interface Observed {
  readonly name: string;
  readonly port: number;
  seen(): Promise<readonly string[]>;
  /** The bodies of these requests, if the server keeps them. */
  bodies?(): readonly string[];
}

/** A backend that uses the strict reader. A violation is recorded among the lines, where no case expects it. */
export async function recorder(context: TestContext): Promise<Observed> {
  const backend = await new StrictBackend().listen();
  context.after(() => backend.close());
  return {
    name: "recorder",
    port: backend.port,
    seen: async () => [...backend.violations, ...backend.requests.map(({ line }) => line)],
    bodies: () => backend.requests.map(({ body }) => body),
  };
}

export async function node(context: TestContext): Promise<Observed> {
  const lines: string[] = [];
  const server = createHttpServer((request, response) => {
    const line = `${request.method} ${request.url} HTTP/${request.httpVersion}`;
    lines.push(line);
    request.resume().on("end", () => response.setHeader("x-saw", line).end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { name: "Node.js", port: (server.address() as AddressInfo).port, seen: async () => lines };
}

export async function nginx(context: TestContext): Promise<Observed> {
  const directory = await scratch(context);
  const port = await unusedPort();
  const log = join(directory, "access.log");
  await writeFile(log, "");
  await writeFile(
    join(directory, "nginx.conf"),
    `daemon off; master_process off; pid ${directory}/pid; error_log ${directory}/error.log;
events {}
http {
  log_format line escape=none '$request'; access_log ${log} line;
  client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy; fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
  keepalive_requests 100000;
  server { listen 127.0.0.1:${port}; location / { add_header X-Saw $request always; return 200; } }
}`,
  );
  start(context, "nginx", ["-p", directory, "-e", join(directory, "error.log"), "-c", join(directory, "nginx.conf")]);
  await listening(port);
  return { name: "nginx", port, seen: async () => linesOf(await readFile(log, "latin1")) };
}

export async function haproxy(context: TestContext): Promise<Observed> {
  const directory = await scratch(context);
  const port = await unusedPort();
  const echo = await node(context);
  const file = join(directory, "haproxy.cfg");
  await writeFile(
    file,
    `global
  log stdout format raw daemon
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
listen all
  bind 127.0.0.1:${port}
  log global
  option dontlognull
  log-format "%ST %B %{-Q}r"
  server echo 127.0.0.1:${echo.port}
`,
  );
  const child = start(context, "haproxy", ["-db", "-f", file]);
  let out = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    out += chunk.toString("latin1");
  });
  await listening(port);
  // The log format has status and bytes because of the time: without them, HAProxy logs a request when it starts and
  // when it ends.
  return { name: "HAProxy", port, seen: async () => linesOf(out).map((line) => line.replace(/^\S+ \d+ /, "")) };
}

const program = `
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def __getattr__(self, name):
        if name.startswith("do_"): return self.answer
        raise AttributeError(name)
    def answer(self):
        if self.headers.get("Transfer-Encoding"):
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                if size == 0: break
                self.rfile.read(size); self.rfile.readline()
            while self.rfile.readline() not in (b"\\r\\n", b"\\n", b""): pass
        else:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
        print(self.requestline, flush=True)
        self.send_response(200)
        self.send_header("X-Saw", self.requestline)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, format, *args): pass
    def log_error(self, format, *args): print("ERROR " + format % args, flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
`;

export async function python(context: TestContext): Promise<Observed> {
  const port = await unusedPort();
  const child = start(context, "python3", ["-c", program, String(port)]);
  let out = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    out += chunk.toString("latin1");
  });
  await listening(port);
  return { name: "Python", port, seen: async () => linesOf(out) };
}

function linesOf(text: string): string[] {
  return text.split("\n").slice(0, -1);
}

async function scratch(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "gatewright-smuggling-"));
  context.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function start(context: TestContext, command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  child.on("error", (error) => console.error(`${command}: ${error.message}`));
  context.after(async () => {
    if (child.exitCode !== null || child.pid === undefined) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  return child;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 250; tries++) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await sleep(20);
  }
  throw new Error(`nothing listens on port ${port} after 5 s: is the program installed?`);
}
