import { printable } from "./characters.ts";

/**
 * A message for a field of the Kubernetes API, such as a condition's `message`: one line of what shows as itself, in at
 * most so many bytes of UTF-8. What is cut off shows as an ellipsis; no character is cut in half.
 */
export function limitedMessage(message: string, mostBytes: number): string {
  // No character of the message takes less than a byte, so a text without end is not read to its end.
  const shown = printable(message.slice(0, mostBytes + 1).toWellFormed());
  const bytes = Buffer.from(shown);
  if (bytes.length <= mostBytes) return shown;
  let end = mostBytes - ellipsis.length;
  // 10xxxxxx continues a character.
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString("utf8", 0, end)}…`;
}

const ellipsis = Buffer.from("…");
