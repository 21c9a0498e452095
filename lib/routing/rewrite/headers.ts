import type { HeaderModifierIR } from "../ir.ts";

/**
 * Header fields in the order received, alternating name and value: `["Host", "acme.io", "Accept", "text/html"]`. Names
 * may have any case. Parsers and serializers use this form without conversion.
 */
export type HeaderList = readonly string[];

/**
 * Applies a RequestHeaderModifier or ResponseHeaderModifier (`HTTPHeaderFilter`): set, then add, then remove.
 *
 * `set` replaces the first field of the name and drops the others. `add` appends a separate field, which is equivalent
 * to appending a comma and the value to the existing field (RFC 9110 section 5.3) and is also correct for Set-Cookie.
 * Only a Cookie value is joined to the existing field.
 *
 * @returns the given list if nothing changes.
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
  for (const { name, value } of add) if (!remove.includes(name)) append(result, name, value);
  return result;
}

/** Appends a field. A request has one Cookie field, whose pairs are separated by semicolons (RFC 6265 section 5.4). */
function append(headers: string[], name: string, value: string): void {
  for (let i = headers.length - 2; i >= 0 && name === "cookie"; i -= 2) {
    if (!isSameName(headers[i] as string, name)) continue;
    headers[i + 1] = headers[i + 1] === "" ? value : `${headers[i + 1]}${separatorOf(name)}${value}`;
    return;
  }
  headers.push(name, value);
}

/** Returns the separator for joining the values of repeated fields into one value (RFC 9110 section 5.3). */
export function separatorOf(name: string): string {
  return name === "cookie" ? "; " : ", ";
}

/** Connection-specific fields, which are never forwarded (RFC 9110 section 7.6.1). */
export const connectionFields: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Fields that frame a message (RFC 9112 section 6, RFC 9110 section 8.6) or belong to one connection (RFC 9110 section
 * 7.6.1). Filters cannot change them, neither on requests nor on responses.
 */
export const framingFields: ReadonlySet<string> = new Set([...connectionFields, "content-length", "trailer"]);

/**
 * Fields that inform a backend about the client and the connection. The proxy writes them itself and ignores those of
 * the request (docs/proxy.md).
 */
export const forwardingFields: ReadonlySet<string> = new Set([
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-request-id",
]);

/**
 * Returns the fields of a request that are forwarded: without connection-specific fields, fields that Connection names
 * (RFC 9110 section 7.6.1), and fields that the proxy writes itself. `TE: trailers` is sent again.
 *
 * @param hops the Max-Forwards to send in place of the received field (`nextMaxForwards`).
 */
export function forwardableFields(headers: HeaderList, hops?: string): HeaderList {
  const options = tokensOf(headers, "connection").filter((name) => name !== "host" && name !== "content-length");
  const dropped = new Set([...options, ...connectionFields, ...forwardingFields]);
  if (hops !== undefined) dropped.add("max-forwards");
  const isDropped = (name: string): boolean => dropped.has(name) || isAliasOfProxyField(name);
  const received = headers.filter((_, i) => !isDropped((headers[i - (i % 2)] as string).toLowerCase()));
  const kept = hops === undefined ? received : [...received, "max-forwards", hops];
  return tokensOf(headers, "te").includes("trailers") ? [...kept, "te", "trailers"] : kept;
}

/**
 * Returns true if a name with underscores is an alias of a framing field or of a field that the proxy writes itself.
 * Servers that turn field names into variables (CGI, WSGI) cannot distinguish underscores from hyphens.
 * Such a field is neither matched nor forwarded.
 */
export function isAliasOfProxyField(name: string): boolean {
  if (!name.includes("_")) return false;
  const canonical = name.replaceAll("_", "-");
  return framingFields.has(canonical) || forwardingFields.has(canonical);
}

function tokensOf(headers: HeaderList, name: string): readonly string[] {
  return headers.flatMap((value, i) =>
    i % 2 === 1 && isSameName(headers[i - 1] as string, name)
      ? value.split(",").map((token) => token.trim().toLowerCase())
      : [],
  );
}

/** @param lower the name to compare with, in lower case. */
function isSameName(name: string, lower: string): boolean {
  return name.length === lower.length && (name === lower || name.toLowerCase() === lower);
}
