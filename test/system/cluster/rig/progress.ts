/** Reports progress on stderr: parts take minutes to build the first time. */
export function say(text: string): void {
  process.stderr.write(`cluster: ${text}\n`);
}

const reminder = 30_000;

/** Reports what is being done, repeats it every half a minute, and reports the duration at the end. */
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
