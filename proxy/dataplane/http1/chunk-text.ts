import type { MessageParser } from "./message-parser.ts";

/** One chunk of a chunked body, as latin1 text, from the data that a parser has found. RFC 9112 section 7.1. */
export function chunkText(bytes: Buffer, { pieces, pieceCount, pieceBytes }: MessageParser): string {
  if (pieceBytes === 0) return "";
  let data = "";
  for (let i = 0; i < pieceCount; i++) data += bytes.toString("latin1", pieces[i * 2], pieces[i * 2 + 1]);
  return `${pieceBytes.toString(16)}\r\n${data}\r\n`;
}

/** The end of a chunked body; `trailers` are lines. */
export function lastChunk(trailers: string): string {
  return `0\r\n${trailers}\r\n`;
}
