/** One line of a log for what a person or a machine may want to know later. Never holds a key or a token. */
export type Log = (
  level: "info" | "warn" | "error",
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;
