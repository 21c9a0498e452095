import { text } from "../../printing/text.ts";
import type { Terminal } from "./terminal.ts";

/** Work that takes longer than this says what it is doing, if someone watches. Milliseconds. */
const patience = 1000;

/** Runs `work`; on a terminal, when it takes over a second, a line says so and goes away afterwards. */
export async function withProgress<T>(terminal: Terminal, doing: string, work: () => Promise<T>): Promise<T> {
  if (!terminal.interactive.stderr) return work();
  const started = Date.now();
  let shown = false;
  const timer = setInterval(() => {
    shown = true;
    terminal.stderr.write(text`\r${doing} … ${Math.round((Date.now() - started) / 1000)} s`);
  }, patience);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (shown) terminal.stderr.write(text`\r\u001b[K`);
  }
}
