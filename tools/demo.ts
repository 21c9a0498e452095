/**
 * `npm start`: serves the acme program with `gatewright dev`, sends it traffic, and shows the split as it happens.
 * Stays up until Ctrl-C.
 */
import { spawn } from "node:child_process";
import { Agent, get } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../examples/acme/acme.ts", import.meta.url));
const command = process.argv[2] ?? fileURLToPath(new URL("../lib/cli/main.ts", import.meta.url));
const requests = 10_000;
const atOnce = 64;

console.log(`$ gatewright dev ${program.slice(program.lastIndexOf("examples"))}`);
const served = spawn(process.execPath, ["--conditions=gatewright-source", command, "dev", program], {
  stdio: ["ignore", "pipe", "inherit"],
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => served.kill("SIGTERM"));
served.on("exit", (code) => process.exit(code ?? 1));

let sending = false;
for await (const line of createInterface(served.stdout)) {
  console.log(line);
  const address = /^edge\/acme-external\s.*(http:\/\/\S+)$/.exec(line)?.[1];
  if (address === undefined || sending) continue;
  sending = true;
  void send(`${address}/store`).catch((error: unknown) => console.error(error));
}

/** Sends the requests, 64 at once, and tells once a second how they were split. */
async function send(url: string): Promise<void> {
  console.log(`\nGET ${url} with Host: acme.io, ${requests} requests, ${atOnce} at once`);
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const counts = new Map<string, number>();
  let left = requests;
  const worker = async () => {
    while (left-- > 0) {
      const backend = await answeringBackend(url, agent);
      counts.set(backend, (counts.get(backend) ?? 0) + 1);
    }
  };
  const timer = setInterval(() => show(counts), 1000);
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    clearInterval(timer);
    agent.destroy();
  }
  show(counts);
  console.log(
    `\nStill serving. Try: curl -H 'Host: acme.io' ${url}\nEdit examples/acme/store.ts and watch the split change. Ctrl-C ends it.`,
  );
}

function answeringBackend(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { host: "acme.io" } }, (response) => {
      response.resume();
      response.on("end", () => resolve(String(response.headers["x-backend"] ?? `status ${response.statusCode}`)));
      response.on("error", reject);
    }).on("error", reject);
  });
}

function show(counts: ReadonlyMap<string, number>): void {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const parts = [...counts]
    .sort()
    .map(([backend, count]) => `${backend} ${count} (${((100 * count) / total).toFixed(1)} %)`);
  console.log(`${String(total).padStart(6)}  ${parts.join("   ")}`);
}
