import type { Terminal } from "./terminal.ts";

/** One line of a log for what a person or a machine may want to know later. Never holds a key or a token. */
export type Log = (
  level: "info" | "warn" | "error",
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** One JSON object a line on standard error, for whatever collects logs. */
export function jsonLog({ stderr }: Pick<Terminal, "stderr">): Log {
  return (level, message, fields = {}) => {
    stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  };
}
