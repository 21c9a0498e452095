/**
 * `node keeper.ts NAME PARTS`: makes the namespaces of a cluster, has a supervisor run its parts in them, and removes
 * everything at the end: when its standard input ends, or it is told to by SIGTERM or SIGINT, or the supervisor is gone.
 * Whoever wants the cluster holds the other end of the input, so that a cluster does not outlive its test run; with
 * --kept it runs until it is told to end. Answers one line of JSON on standard output.
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
// Whoever listened may be gone; that is no reason to leave a cluster behind.
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

/** Makes the name ours, after what other clusters left behind is gone. */
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

/** On the loopback device of the machine; the supervisor answers on it from inside. */
async function listen(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.on("error", reject).listen(0, "127.0.0.1", resolve));
  return server;
}

/**
 * Each process dies with the one before it: unshare with this one, the namespaces' first process with unshare, and with
 * that all others. tini is the first, since it reaps the processes that containers leave behind.
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
