/** Paints text for a terminal, or leaves it alone. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
  readonly green: Paint;
}

export type Paint = (text: string) => string;

const plain: Paint = (text) => text;

/** ECMA-48 Select Graphic Rendition. */
function sgr(on: number, off: number): Paint {
  return (text) => `\u001b[${on}m${text}\u001b[${off}m`;
}

export function palette(color: boolean): Palette {
  return color
    ? {
        bold: sgr(1, 22),
        dim: sgr(2, 22),
        red: sgr(31, 39),
        yellow: sgr(33, 39),
        cyan: sgr(36, 39),
        green: sgr(32, 39),
      }
    : { bold: plain, dim: plain, red: plain, yellow: plain, cyan: plain, green: plain };
}

/**
 * Makes text from outside safe to print: control characters, which could move the cursor or recolour the
 * terminal, become visible escapes, and the rest is untouched.
 */
export function printable(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
