/**
 * Encodes text for a field or a body: latin1 with UTF-8 bytes, where control characters are replaced by blanks (RFC
 * 9110 section 5.5).
 */
export function wireText(text: string): string {
  if (/^[\t\x20-\x7e]*$/.test(text)) return text;
  return Buffer.from(text.replace(controls, " "), "utf8").toString("latin1");
}

const controls = /(?!\t)\p{Cc}/gu;
