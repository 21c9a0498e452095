import { printable } from "./characters.ts";

/**
 * Formats a message for a field of the Kubernetes API, such as a condition's `message`: one visible line of at most
 * `mostBytes` bytes in UTF-8. An ellipsis replaces the rest, and no character is cut.
 */
export function limitedMessage(message: string, mostBytes: number): string {
  // Each character takes at least one byte, so the first `mostBytes` characters suffice, however long the message is.
  const shown = printable(message.slice(0, mostBytes + 1).toWellFormed());
  const bytes = Buffer.from(shown);
  if (bytes.length <= mostBytes) return shown;
  let end = mostBytes - ellipsis.length;
  // A byte 10xxxxxx continues a character.
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString("utf8", 0, end)}…`;
}

const ellipsis = Buffer.from("…");
