/** Matches ASCII text that needs no escaping in a JSON string. */
const plain = /^[ !#-[\]-~]*$/;

/**
 * Encodes external text as a JSON string of visible ASCII: it cannot end the string or the line, or control a terminal.
 * The content is at most `longest` characters; a text that is cut ends with an ellipsis.
 */
export function jsonText(text: string, longest: number): string {
  if (text.length <= longest && plain.test(text)) return `"${text}"`;
  const whole = escaped(text.slice(0, longest));
  if (text.length <= longest && whole.length <= longest) return `"${whole}"`;
  let kept = text.slice(0, longest);
  for (;;) {
    const short = escaped(kept);
    if (short.length <= longest - ellipsis.length) return `"${short}${ellipsis}"`;
    const fits = Math.floor((kept.length * (longest - ellipsis.length)) / short.length);
    kept = kept.slice(0, Math.min(fits, kept.length - 1));
  }
}

const ellipsis = "\\u2026";

function escaped(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
