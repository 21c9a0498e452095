/**
 * `node load-client.ts URL` requests a URL at a steady pace until its standard input ends, then prints the result of
 * every request as JSON. Half of the requests use persistent connections, and half use new ones. A request does not
 * wait for earlier responses, so that a slow server gets as many requests as a fast one. Over TLS, the client presents
 * the certificate in CLIENT_CERTIFICATE, with its key in CLIENT_KEY, if there is one.
 */
import { type ClientRequest, get as getPlain, Agent as PlainAgent } from "node:http";
import { get as getSecure, Agent as SecureAgent } from "node:https";
import type { Failure, LoadReport } from "./load.ts";

/** Milliseconds between two requests. */
const pace = 10;
/** Milliseconds after which a request counts as failed. */
const patience = 5_000;
/** The number of persistent connections, which limits concurrent requests on them. */
const connections = 8;

const url = process.argv[2] ?? "";
const isSecure = url.startsWith("https:");
const { CLIENT_CERTIFICATE: cert, CLIENT_KEY: key } = process.env;
const secure = isSecure ? { rejectUnauthorized: false, servername: "shop.test", cert, key } : {};
const get: typeof getSecure = isSecure ? getSecure : getPlain;
const staying = new (isSecure ? SecureAgent : PlainAgent)({ keepAlive: true, maxSockets: connections });
const begun = performance.now();
const failures: Failure[] = [];
const versions: Record<string, number> = {};
const waiting = new Set<Promise<void>>();
let sent = 0;

const timer = setInterval(() => {
  const kept = sent++ % 2 === 0;
  const asked = ask(kept).catch((error: Error) => {
    failures.push({ at: Math.round(performance.now() - begun), kept, why: reasonOf(error) });
  });
  waiting.add(asked);
  void asked.finally(() => waiting.delete(asked));
}, pace);

// The parent process waits for a first byte; JSON ignores a line feed.
process.stdout.write("\n");
process.stdin.resume().on("end", async () => {
  clearInterval(timer);
  await Promise.all(waiting);
  staying.destroy();
  const seconds = (performance.now() - begun) / 1_000;
  process.stdout.write(JSON.stringify({ sent, seconds, failures, versions } satisfies LoadReport));
});

/** Sends one request, which has to be answered with 200 and a complete body. */
function ask(kept: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const request: ClientRequest = get(
      url,
      { ...secure, agent: kept ? staying : false, timeout: patience },
      (response) => {
        const version = String(response.headers["x-version"] ?? "none");
        let body = "";
        response.setEncoding("utf8").on("error", reject);
        response.on("data", (text) => {
          body += text;
        });
        response.on("end", () => {
          // A response of the proxy itself names the reason.
          if (response.statusCode !== 200)
            return reject(new Error(`status ${response.statusCode}: ${body.trim().slice(0, 200)}`));
          if (!response.complete) return reject(new Error("a body that is cut"));
          versions[version] = (versions[version] ?? 0) + 1;
          resolve();
        });
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer in ${patience} ms`)));
    request.on("error", reject);
  });
}

function reasonOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
