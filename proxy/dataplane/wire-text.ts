/** Text as it goes into a field or a body: latin1 that holds UTF-8 bytes, controls replaced by blanks (RFC 9110 section 5.5). */
export function wireText(text: string): string {
  if (/^[\t\x20-\x7e]*$/.test(text)) return text;
  return Buffer.from(text, "utf8").toString("latin1").replace(controls, " ");
}

const controls = new RegExp("[\\x00-\\x08\\x0a-\\x1f\\x7f]", "g");
