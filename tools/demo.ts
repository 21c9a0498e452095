/**
 * `npm start`: serves the acme program with `gatewright dev`, sends requests to it, and shows the split as it happens.
 * Runs until Ctrl-C.
 */
import { Agent, get } from "node:http";
import { relative } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { run } from "../lib/cli/program.ts";
import { outputTo, processTerminal } from "../lib/cli/report/terminal.ts";

const program = relative(process.cwd(), fileURLToPath(new URL("../examples/acme/acme.ts", import.meta.url)));
const requests = 10_000;
const atOnce = 64;

console.log(`$ gatewright dev ${program}\n`);
const address = Promise.withResolvers<string>();
let printed = "";
const stdout = new Writable({
  write(chunk: Buffer, _encoding, done) {
    process.stdout.write(chunk);
    printed += chunk.toString();
    const found = /^edge\/acme-external\s.*(http:\/\/\S+)$[\s\S]*^admin/m.exec(printed)?.[1];
    if (found !== undefined) address.resolve(found);
    done();
  },
});
void address.promise.then((found) => send(`${found}/store`)).catch((error: unknown) => console.error(error));
process.exit(await run(["dev", program], { ...processTerminal(), stdout: outputTo(stdout) }));

/** Sends the requests, 64 at once, and prints the split four times a second. */
async function send(url: string): Promise<void> {
  console.log(`\nGET ${url} with Host: acme.io, ${requests} requests, ${atOnce} at once`);
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const counts = new Map<string, number>();
  let left = requests;
  const client = async () => {
    while (left-- > 0) {
      const backend = await answeringBackend(url, agent);
      counts.set(backend, (counts.get(backend) ?? 0) + 1);
    }
  };
  const timer = setInterval(() => show(counts), 250);
  try {
    await Promise.all(Array.from({ length: atOnce }, client));
  } finally {
    clearInterval(timer);
    agent.destroy();
  }
  show(counts);
  console.log(`
Still serving. Try: curl -H 'Host: acme.io' ${url}
Change a weight in examples/acme and watch the split follow on the admin page. Ctrl-C ends it.`);
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
  if (total === 0) return;
  const parts = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([backend, count]) => `${backend} ${count} (${((100 * count) / total).toFixed(2)} %)`);
  console.log(`${String(total).padStart(6)}  ${parts.join("   ")}`);
}
