/** Tells on stderr what the rig is doing: parts take minutes to build the first time. */
export function say(text: string): void {
  process.stderr.write(`cluster: ${text}\n`);
}

const reminder = 30_000;

/** Says what is being done, again every half a minute, and how long it took. */
export async function telling<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const seconds = () => `${Math.round((performance.now() - start) / 1000)} s`;
  say(`${what} …`);
  const timer = setInterval(() => say(`${what}: ${seconds()} so far`), reminder);
  timer.unref();
  try {
    const result = await work();
    say(`${what}: done after ${seconds()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
