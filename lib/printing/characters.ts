/**
 * Characters that do not show as themselves: control characters and line separators, half surrogate pairs and
 * noncharacters, spaces other than U+0020, and what renders as nothing or changes the direction of the text around it
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
 * Makes text visible in one line: what does not show as itself becomes an escape such as `\n`, `\u001b` or `\u{e0041}`.
 * Everything else is untouched, backslashes too, so that paths and regular expressions stay readable.
 */
export function printable(text: string): string {
  return text.replace(
    invisible,
    (character) => shortEscapes.get(character) ?? codeEscape(character, (hex) => `\\u{${hex}}`),
  );
}

/** As {@link printable}, for strings of JSON: line breaks and all other characters as escapes that JSON reads. */
export function jsonEscaped(text: string): string {
  return text.replace(invisible, (character) =>
    [...Array(character.length).keys()].map((index) => codeEscape(character.charAt(index))).join(""),
  );
}

/** As {@link printable}, for a finished YAML document: its line breaks stay, and so do tabs, which blocks may hold. */
export function yamlEscaped(document: string): string {
  return document.replace(invisible, (character) =>
    /[\n\t]/.test(character) ? character : codeEscape(character, (hex) => `\\U${hex.padStart(8, "0")}`),
  );
}

/** Whether text holds a character that {@link yamlEscaped} writes as an escape, which only double quotes can carry. */
export function needsYamlEscapes(text: string): boolean {
  return text.replace(/[\n\t]/g, "").search(invisible) !== -1;
}

/** `\u` and four digits; `beyond` writes characters beyond U+FFFF. */
function codeEscape(character: string, beyond?: (hex: string) => string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 && beyond !== undefined ? beyond(hex) : `\\u${hex.padStart(4, "0")}`;
}
