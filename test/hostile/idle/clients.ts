/**
 * Opens connections, uses each once and keeps them, in a process of its own, since file descriptors are limited per
 * process. The arguments are the port and the number of connections. Prints how many are open, and sends a request on
 * each for every line on standard input.
 */
import { dial, get, type RawConnection } from "../../unit/dataplane/harness/wire.ts";

const [, , port, count] = process.argv.map(Number);
const connections: RawConnection[] = [];

/** Works in batches, so that no queue of the system overflows. */
async function inBatches(run: (index: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < (count ?? 0); from += 100) {
    await Promise.all(Array.from({ length: Math.min(100, (count ?? 0) - from) }, (_, i) => run(from + i)));
  }
}

async function ask(index: number): Promise<void> {
  const connection = connections[index] as RawConnection;
  connection.send(get("/"));
  const { status } = await connection.message();
  if (status !== 200) throw new Error(`connection ${index} was answered ${status}`);
}

await inBatches(async (index) => {
  connections[index] = await dial(port ?? 0);
  await ask(index);
});
process.stdout.write(`${connections.filter(({ ended }) => !ended).length}\n`);
for await (const _ of process.stdin) {
  await inBatches(ask);
  process.stdout.write(`${connections.filter(({ ended }) => !ended).length}\n`);
}
