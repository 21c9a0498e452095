import type { Head } from "../message/head.ts";
import { bit, CONTENT_LENGTH } from "../message/header-names.ts";

/**
 * Content-Length is forwarded unchanged only if it is written in the plainest way, without a tab before the value, a
 * blank after it, or leading zeros: all recipients must read the same length (RFC 9112 section 11.2).
 */
export interface LengthField {
  /** The bit of Content-Length if the field is rewritten, else 0. */
  readonly drop: number;
  /** The value and the line to write instead; empty if the field is unchanged. */
  readonly value: string;
  readonly line: string;
}

const asItCame: LengthField = { drop: 0, value: "", line: "" };

export function lengthField(head: Head): LengthField {
  if (!head.has(CONTENT_LENGTH) || head.isPlainNumber(CONTENT_LENGTH)) return asItCame;
  const value = String(Number(head.first(CONTENT_LENGTH)));
  return { drop: bit(CONTENT_LENGTH), value, line: `content-length: ${value}\r\n` };
}
