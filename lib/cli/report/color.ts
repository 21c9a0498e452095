import { type Text, text } from "../../printing/text.ts";

/** Colours text for a terminal, or leaves it unchanged. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
  readonly green: Paint;
}

export type Paint = (words: string | Text) => Text;

const plain: Paint = (words) => text`${words}`;

/** Makes a paint of ECMA-48 Select Graphic Rendition codes. */
function sgr(on: number, off: number): Paint {
  return (words) => text`\u001b[${on}m${words}\u001b[${off}m`;
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
