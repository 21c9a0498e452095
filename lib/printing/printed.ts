/**
 * Text in one format, with everything in it that comes from outside escaped for that format. Only the printer of a
 * format makes it, so what takes a `Printed` cannot be handed text that nobody has escaped.
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

/** Writes one format. As a template tag it escapes each value, other than those that it has printed already. */
export interface Printer<Format extends string> {
  (words: TemplateStringsArray, ...values: readonly (string | number | Printed<Format>)[]): Printed<Format>;
  /** Puts parts behind each other; `separator` is text of the program's own and is not escaped. */
  join(parts: readonly Printed<Format>[], separator: string): Printed<Format>;
  /** Takes text as it is: only for text of the program's own, and for what is escaped in a way that no template can. */
  verbatim(text: string): Printed<Format>;
}

/** @param escapeValue makes a value safe at every place of the format where templates put values. */
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
