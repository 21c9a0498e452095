/**
 * Text in one format, in which all external text is escaped for that format. Only the format's printer creates it, so a
 * function with a `Printed` parameter never gets unescaped text.
 */
class PrintedText<Format extends string> {
  readonly format: Format;
  readonly #text: string;

  constructor(format: Format, text: string) {
    this.format = format;
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Printed<Format extends string = string> = PrintedText<Format>;

/** Writes one format. As a template tag, it escapes every value that is not already in this format. */
export interface Printer<Format extends string> {
  (words: TemplateStringsArray, ...values: readonly (string | number | Printed<Format>)[]): Printed<Format>;
  /** Joins parts. `separator` must be a constant of the program, because it is not escaped. */
  join(parts: readonly Printed<Format>[], separator: string): Printed<Format>;
  /** Wraps text without escaping. Use it only for constants, and for text that was escaped for a special context. */
  verbatim(text: string): Printed<Format>;
}

/** @param escapeValue escapes a value for all positions of the format in which templates have values. */
export function printerOf<Format extends string>(
  format: Format,
  escapeValue: (text: string) => string,
): Printer<Format> {
  const verbatim = (text: string) => new PrintedText(format, text);
  const shown = (value: string | number | Printed<Format>) =>
    value instanceof PrintedText ? value.toString() : escapeValue(String(value));
  const template = (words: TemplateStringsArray, ...values: readonly (string | number | Printed<Format>)[]) =>
    verbatim(words.reduce((text, part, index) => `${text}${shown(values[index - 1] as string)}${part}`));
  return Object.assign(template, {
    verbatim,
    join: (parts: readonly Printed<Format>[], separator: string) => verbatim(parts.join(separator)),
  });
}
