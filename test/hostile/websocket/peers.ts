import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type RawData, WebSocketServer } from "ws";
import { missingPython, pythonWithWebsockets } from "../../../tools/python-websockets.ts";

const script = fileURLToPath(new URL("./peer.py", import.meta.url));
export const mostBytes = 32 * 1024 * 1024;

/** A server that echoes, closes on request, and answers `fragments` in fragments, as in peer.py. */
export interface ServerKind {
  readonly name: string;
  readonly missing: string | undefined;
  /** @returns the port of the server. */
  start(context: TestContext): Promise<number>;
}

const node: ServerKind = {
  name: "ws",
  missing: undefined,
  async start(context) {
    const server = new WebSocketServer({
      ...{ port: 0, host: "127.0.0.1", maxPayload: mostBytes },
      perMessageDeflate: { threshold: 1024 },
    });
    await once(server, "listening");
    context.after(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.on("message", (data: RawData, isBinary) => {
        const text = isBinary ? "" : String(data);
        const [, code, reason] = /^close (\d+) (.*)$/.exec(text) ?? [];
        if (code !== undefined) socket.close(Number(code), reason);
        else if (text === "fragments") {
          for (const part of ["frag", "", "men"]) socket.send(part, { fin: false });
          socket.send("ted", { fin: true });
        } else socket.send(data, { binary: isBinary });
      });
    });
    return (server.address() as AddressInfo).port;
  },
};

const python: ServerKind = {
  name: "Python websockets",
  missing: missingPython(),
  async start(context) {
    const child = spawn(pythonWithWebsockets(), [script, "serve"], { stdio: ["ignore", "pipe", "inherit"] });
    context.after(() => child.kill("SIGKILL"));
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    return Number(line.toString());
  },
};

export const servers: readonly ServerKind[] = [node, python];

/** Runs one scenario of peer.py against a URL, and returns its result. */
export async function askWithPython(url: string, scenario: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(pythonWithWebsockets(), [script, "ask", url, scenario]);
  return JSON.parse(stdout);
}
