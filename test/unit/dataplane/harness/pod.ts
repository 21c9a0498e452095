/**
 * A server in a process of its own that ends as a Pod does. After SIGTERM it serves for a while, since the news takes
 * time to reach clients; then it accepts no connections, finishes its requests, and exits.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const [name = "pod", grace = "200"] = process.argv.slice(2);
let count = 0;
const server = createServer((request, response) => {
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
  });
  // Some responses are immediate, others are sent while the process ends.
  request.on("end", () => setTimeout(() => response.end(`${name} ${length}`), ++count % 8 === 0 ? 30 : 0));
}).listen(0, "127.0.0.1");
await once(server, "listening");
process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
await once(process, "SIGTERM");
await sleep(Number(grace));
server.close();
