/** Encodes one chunk of a chunked body from its data, in latin1 (RFC 9112 section 7.1). */
export function chunkText(data: string): string {
  return data === "" ? "" : `${data.length.toString(16)}\r\n${data}\r\n`;
}

/** Encodes the end of a chunked body; `trailers` are lines. */
export function lastChunk(trailers: string): string {
  return `0\r\n${trailers}\r\n`;
}
