/** Text as it goes into a field or a body: latin1 that holds UTF-8 bytes, controls replaced by blanks (RFC 9110 section 5.5). */
export function wireText(text: string): string {
  if (/^[\t\x20-\x7e]*$/.test(text)) return text;
  return Buffer.from(text.replace(controls, " "), "utf8").toString("latin1");
}

const controls = /(?!\t)\p{Cc}/gu;
