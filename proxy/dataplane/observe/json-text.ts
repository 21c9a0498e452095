/** What JSON strings hold as it is, of ASCII. */
const plain = /^[ !#-[\]-~]*$/;

/**
 * Text from outside as a JSON string of visible ASCII: whatever it holds, it cannot end the string, the line or the
 * reader's terminal. The result is never longer than `longest` and its quotes; what is cut off shows as an ellipsis.
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
