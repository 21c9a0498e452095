import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const main = join(root, "lib/cli/main.ts");
const built = join(root, "dist/esm/gatewright.js");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the command of the built package instead of the sources. */
  readonly built?: boolean;
}

/** Starts the real command. */
export function start(
  args: readonly string[],
  { cwd = root, env = {}, stdin, built: isBuilt }: RunOptions,
): ChildProcess {
  const program = isBuilt ? [built] : ["--conditions=gatewright-source", main];
  const child = spawn(process.execPath, [...program, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(stdin ?? "");
  return child;
}

export function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** Runs the real command to its end. */
export function gatewright(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = start(args, options);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout: stdout(), stderr: stderr() }));
  });
}

/** A running `gatewright dev`. */
export interface Dev {
  /** Returns the local address of a Gateway's listener in the newest table, such as `http://127.0.0.1:8080`. */
  address(gateway: string, listener?: string): string;
  /** The URL of the admin address. */
  readonly admin: string;
  stdout(): string;
  stderr(): string;
  /** Resolves when the condition holds; fails after ten seconds, with the output. */
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>;
  readonly running: boolean;
  /** Sends SIGTERM and returns the exit code. */
  stop(): Promise<number | null>;
}

/** Starts `gatewright dev` and waits until it serves, or prints `expected`. It is stopped at the end of the test. */
export async function dev(
  t: TestContext,
  args: readonly string[],
  options: RunOptions = {},
  expected = /^admin\s+http:/m,
): Promise<Dev> {
  const child = start(["dev", ...args], options);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    return ended;
  };
  t.after(stop);
  const running = () => child.exitCode === null && child.signalCode === null;
  const until: Dev["until"] = async (what, condition) => {
    const end = Date.now() + 30_000;
    while (!(await condition())) {
      if (Date.now() > end || !running())
        assert.fail(`${what} did not come\nstdout:\n${stdout()}\nstderr:\n${stderr()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await until(String(expected), () => expected.test(stdout() + stderr()));
  return {
    admin: /^admin\s+(\S+?)\/?$/m.exec(stdout())?.[1] ?? "",
    address: (gateway, listener) => {
      const rows = stdout().split("\n").reverse();
      const row = rows.find((line) => {
        const [name, own] = line.split(/\s+/);
        return name === gateway && (listener === undefined || own === listener);
      });
      const address = /http\S+$/.exec(row ?? "")?.[0];
      assert.ok(address, `${gateway} is in the table:\n${stdout()}\n${stderr()}`);
      return address;
    },
    stdout,
    stderr,
    until,
    get running() {
      return running();
    },
    stop,
  };
}

export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The echo backend that answered. */
  readonly backend: string | undefined;
}

export interface AskOptions {
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent?: Agent;
}

/** Sends one real HTTP request. */
export function ask(
  url: string,
  { host, method = "GET", headers = {}, body, agent }: AskOptions = {},
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        headers: { ...headers, ...(host === undefined ? {} : { host }) },
        ...(agent === undefined ? {} : { agent }),
      },
      (response) => {
        const text = collect(response);
        response.on("error", reject);
        response.on("end", () => {
          const backend = response.headers["x-backend"];
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: text(),
            backend: typeof backend === "string" ? backend : undefined,
          });
        });
      },
    );
    sent.on("error", reject).end(body);
  });
}

/** Sends `count` requests over a few persistent connections and counts the backends that answered. */
export async function countBackends(
  url: string,
  count: number,
  options: AskOptions = {},
): Promise<Record<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const counts: Record<string, number> = {};
  try {
    let left = count;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (left-- > 0) {
          const { status, backend } = await ask(url, { ...options, agent });
          const name = backend ?? `status ${status}`;
          counts[name] = (counts[name] ?? 0) + 1;
        }
      }),
    );
  } finally {
    agent.destroy();
  }
  return counts;
}

/** Makes a directory that is removed at the end of the test. */
export async function scratch(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "gatewright-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
