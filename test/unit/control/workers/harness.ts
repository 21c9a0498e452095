import { once } from "node:events";
import { type Agent, createServer, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { Worker } from "node:worker_threads";
import type { WorkerEvent } from "../../../../proxy/control/workers/seat.ts";
import { type WatchOptions, Workers } from "../../../../proxy/control/workers/workers.ts";
import type { ProxyOptions } from "../../../../proxy/dataplane/proxy.ts";
import { type SnapshotOptions, snapshot } from "../../dataplane/harness/configuration.ts";

export interface Started {
  readonly workers: Workers;
  readonly port: number;
  /** The threads, in the order in which they were started. */
  readonly threads: readonly Worker[];
  readonly events: readonly WorkerEvent[];
}

/** Starts threads that end with their test. */
export async function startWorkers(
  t: TestContext,
  count: number,
  options: SnapshotOptions,
  proxyOptions: ProxyOptions = {},
  watch?: WatchOptions,
): Promise<Started> {
  const threads: Worker[] = [];
  const remember = (worker: Worker) => threads.push(worker);
  process.on("worker", remember);
  const workers = new Workers(count, proxyOptions, watch);
  t.after(async () => {
    await workers.close();
    process.off("worker", remember);
  });
  const events: WorkerEvent[] = [];
  workers.onWorkerEvent = (event) => events.push(event);
  const [bound] = await workers.apply(snapshot(options));
  if (bound === undefined || bound.error !== undefined) throw new Error(`not bound: ${bound?.error?.message}`);
  return { workers, port: bound.localPort, threads, events };
}

/** Starts a backend that names itself in responses, and reports what it received. */
export async function namedBackend(
  t: TestContext,
  name: string,
  delayMs = 0,
): Promise<{ readonly port: number; requests: number }> {
  const backend = { port: 0, requests: 0 };
  const server = createServer((incoming, response) => {
    backend.requests++;
    incoming.resume();
    setTimeout(() => response.writeHead(200, { "x-backend": name }).end(name), delayMs).unref();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  backend.port = (server.address() as AddressInfo).port;
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return backend;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends one request; on a connection of its own unless an agent is given, so that the system picks a thread for it. */
export function ask(
  port: number,
  { agent, path = "/", headers = {} }: { agent?: Agent; path?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, headers, agent: agent ?? false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on("error", reject).end();
  });
}

/** Waits until the condition holds, at most ten seconds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until this number of threads have been replaced, and all threads run. */
export function replaced(workers: Workers, times: number): Promise<void> {
  return until(`${times} replaced`, async () => {
    await workers.refresh();
    return workers.stats.workers.replaced >= times && workers.stats.workers.running === workers.count;
  });
}
