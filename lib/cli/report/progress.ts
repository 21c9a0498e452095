import { text } from "../../printing/text.ts";
import type { Terminal } from "./terminal.ts";

/** Milliseconds after which a terminal shows a progress line. */
const patience = 1000;

/** Runs `work`. If it takes over a second and stderr is a terminal, a progress line is shown meanwhile. */
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
