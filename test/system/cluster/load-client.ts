/**
 * `node load-client.ts URL`: asks for a URL at a steady pace until its standard input ends, then prints what became of
 * every request as JSON. Half of the requests go over connections that stay, half over new ones. Asking does not wait for
 * answers: a server that is slow is asked as often as one that is quick. Over TLS it shows the certificate in
 * CLIENT_CERTIFICATE, with its key in CLIENT_KEY, if there is one.
 */
import { type ClientRequest, get as getPlain, Agent as PlainAgent } from "node:http";
import { get as getSecure, Agent as SecureAgent } from "node:https";
import type { Failure, LoadReport } from "./load.ts";

/** Milliseconds between two requests. */
const pace = 10;
/** Milliseconds until a request has failed. */
const patience = 5_000;
/** Of those that stay, as many as there can be requests without an answer. */
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

// Whoever started this waits for a first byte; to JSON it is nothing.
process.stdout.write("\n");
process.stdin.resume().on("end", async () => {
  clearInterval(timer);
  await Promise.all(waiting);
  staying.destroy();
  const seconds = (performance.now() - begun) / 1_000;
  process.stdout.write(JSON.stringify({ sent, seconds, failures, versions } satisfies LoadReport));
});

/** One request, which has to be answered with 200 and a body that is whole. */
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
          // What the proxy answers by itself names the reason.
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
