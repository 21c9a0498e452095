/**
 * `node keeper.ts NAME PARTS` makes the namespaces of a cluster, lets a supervisor run its parts in them, and removes
 * everything at the end: when its standard input ends, on SIGTERM or SIGINT, or when the supervisor ends. The process
 * that uses the cluster holds the other end of the input, so that a cluster does not outlive its test run. With --kept
 * it runs until a signal ends it. Prints one line of JSON.
 */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { locked } from "./cache.ts";
import { makeControlGroup } from "./control-groups.ts";
import { searchPath } from "./packages.ts";
import { until } from "./run.ts";
import type { Answer } from "./start.ts";
import { State } from "./state.ts";
import type { Told } from "./supervisor.ts";
import { remove, sweep } from "./teardown.ts";

const [name = "", ingredients = "", kept] = process.argv.slice(2);
const state = new State(name);

const ending = Promise.withResolvers<string>();
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => ending.resolve(signal));
// The reader of the output may be gone; the cluster has to be removed even then.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
if (kept !== "--kept") {
  const end = () => ending.resolve("the end of its input");
  process.stdin.resume().on("end", end).on("error", end);
}

const supervisorLog = (): string => state.file("logs", "supervisor.log");
const answer = (message: Answer): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

const failed = (error: unknown): void => answer({ failed: error instanceof Error ? error.message : String(error) });

if (await locked("run", claim)) {
  await keep().catch(failed);
  await remove(state).catch(failed);
} else {
  answer({ failed: `${name} runs already` });
}
process.exit();

/** Claims the name after removing what other clusters have left behind. */
async function claim(): Promise<boolean> {
  await sweep();
  if (state.living("keeper") !== undefined) return false;
  state.record("keeper", process.pid);
  return true;
}

async function keep(): Promise<void> {
  makeControlGroup(state.controlGroup);
  const socket = await listen();
  const supervisor = startSupervisor();
  supervisor.on("message", (message: Told) => {
    if ("wants" in message) supervisor.send((socket.address() as AddressInfo).port, socket, () => socket.close());
    if ("ready" in message) answer({ ready: true });
    if ("failed" in message) {
      answer({ failed: message.failed });
      ending.resolve("failure");
    }
  });
  supervisor.on("exit", () => {
    answer({ failed: `The supervisor ended. Its log ends: ${readFileSync(supervisorLog(), "utf8").slice(-2000)}` });
    ending.resolve("the end of its supervisor");
  });
  supervisor.on("error", (error) => answer({ failed: error.message }));
  await recordInit(supervisor);
  await ending.promise;
}

/** Listens on the loopback device of the machine; the supervisor serves this socket from inside. */
async function listen(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.on("error", reject).listen(0, "127.0.0.1", resolve));
  return server;
}

/**
 * Starts the supervisor. Each process ends with the one before it: unshare with this process, the first process of the
 * namespaces with unshare, and all others with that. tini is the first process, since it reaps the processes that
 * containers leave behind.
 */
function startSupervisor(): ChildProcess {
  const namespaces = ["unshare", "--net", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child=KILL"];
  const supervisor = [process.execPath, join(import.meta.dirname, "supervisor.ts"), name, ingredients];
  const [command = "", ...args] = ["setpriv", "--pdeathsig", "KILL", ...namespaces, "tini", "--", ...supervisor];
  const log = openSync(supervisorLog(), "a");
  try {
    const stdio: StdioOptions = ["ignore", log, log, "ipc"];
    return spawn(command, args, { stdio, env: { ...process.env, PATH: searchPath } });
  } finally {
    closeSync(log);
  }
}

async function recordInit({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) throw new Error("unshare cannot be started");
  const child = (): string => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  await until("The first process of the namespaces", async () => child() !== "", 10_000, 5);
  state.record("init", Number(child()));
}
