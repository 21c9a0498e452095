import { type ChildProcess, spawn } from "node:child_process";
import { connect, createServer } from "node:net";

const running = new Set<ChildProcess>();

process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

/** Starts a program on one core. It is ended when the benchmark ends, for any reason. */
export function startPinned(core: number, command: string, args: readonly string[]): ChildProcess & { pid: number } {
  const child = spawn("taskset", ["-c", String(core), command, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4096);
  });
  running.add(child);
  child.on("exit", (code, signal) => {
    running.delete(child);
    if (code !== 0 && signal === null) console.error(`${command} ended with ${code}:\n${complaint}`);
  });
  if (child.pid === undefined) throw new Error(`${command} did not start: is it installed?`);
  return child as ChildProcess & { pid: number };
}

/** Ends a process that `startPinned` started, and waits until it has exited. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), 3_000);
  await gone;
  clearTimeout(force);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no TCP port to be had");
  return address.port;
}

/** Resolves once the port accepts connections. Rejects after ten seconds. */
export async function listening(port: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const accepted = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (accepted) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on 127.0.0.1:${port} after ten seconds`);
}
