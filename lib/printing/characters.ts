/**
 * Matches characters that are not visible as themselves: control characters and line separators, lone surrogates and
 * noncharacters, spaces other than U+0020, and characters that render as nothing or change the direction of text
 * (Unicode categories Cc, Cf, Cs, Zl, Zp, Zs and the property Default_Ignorable_Code_Point).
 */
const invisible =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]|(?! )\p{Zs}/gu;

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/**
 * Makes text visible on one line. A character that is not visible as itself becomes an escape such as `\n`, `\u001b` or
 * `\u{e0041}`. All others are unchanged, including backslashes, so that paths and regular expressions stay readable.
 */
export function printable(text: string): string {
  return text.replace(
    invisible,
    (character) => shortEscapes.get(character) ?? codeEscape(character, (hex) => `\\u{${hex}}`),
  );
}

/** Escapes characters like {@link printable}, in the form that JSON strings use. */
export function jsonEscaped(text: string): string {
  return text.replace(invisible, (character) =>
    [...Array(character.length).keys()].map((index) => codeEscape(character.charAt(index))).join(""),
  );
}

/** Escapes characters like {@link printable} in a complete YAML document. It keeps line breaks and tabs. */
export function yamlEscaped(document: string): string {
  return document.replace(invisible, (character) =>
    /[\n\t]/.test(character) ? character : codeEscape(character, (hex) => `\\U${hex.padStart(8, "0")}`),
  );
}

/** Returns true if {@link yamlEscaped} escapes a character of the text, which then needs double quotes. */
export function needsYamlEscapes(text: string): boolean {
  return text.replace(/[\n\t]/g, "").search(invisible) !== -1;
}

/** The escape `\u` with four digits. `beyond` formats characters beyond U+FFFF. */
function codeEscape(character: string, beyond?: (hex: string) => string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 && beyond !== undefined ? beyond(hex) : `\\u${hex.padStart(4, "0")}`;
}
