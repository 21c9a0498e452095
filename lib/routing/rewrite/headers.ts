import type { HeaderModifierIR } from "../ir.ts";

/**
 * Header fields in the order received, name and value in turn: `["Host", "acme.io", "Accept", "text/html"]`. Names in
 * any case. The form that parsers yield and serializers take without a detour.
 */
export type HeaderList = readonly string[];

/**
 * Applies a RequestHeaderModifier or ResponseHeaderModifier (`HTTPHeaderFilter`): set, then add, then remove.
 *
 * `set` takes the place of the first field of the name and drops its others; `add` appends a field of its own, which
 * means the same as a comma and a value on the existing one (RFC 9110 section 5.3) and is right for Set-Cookie too.
 *
 * @returns the given list when nothing in it changes.
 */
export function modifyHeaders(headers: HeaderList, modifier: HeaderModifierIR): HeaderList {
  const { set, add, remove } = modifier;
  if (set.length === 0 && add.length === 0 && remove.length === 0) return headers;
  const result: string[] = [];
  const placed = new Array<boolean>(set.length).fill(false);
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (remove.some((removed) => isSameName(name, removed))) continue;
    const index = set.findIndex((field) => isSameName(name, field.name));
    if (index < 0) result.push(name, headers[i + 1] as string);
    else if (!placed[index]) {
      placed[index] = true;
      result.push(name, set[index]?.value as string);
    }
  }
  for (const [index, { name, value }] of set.entries())
    if (!placed[index] && !remove.includes(name)) result.push(name, value);
  for (const { name, value } of add) if (!remove.includes(name)) result.push(name, value);
  return result;
}

/**
 * Names of the fields that frame a message (RFC 9112 section 6, RFC 9110 section 8.6) or belong to one connection (RFC
 * 9110 section 7.6.1). A filter has no say about them, on either side.
 */
export const framingFields: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** @param lower a name in lower case. */
function isSameName(name: string, lower: string): boolean {
  return name.length === lower.length && (name === lower || name.toLowerCase() === lower);
}
