/**
 * Reads a raw query string in place. Parameters are separated by `&`. Names and values are decoded as
 * application/x-www-form-urlencoded: `+` is a space, percent-encodings are UTF-8. An invalid encoding is kept
 * literally. For a repeated name the first parameter counts (`HTTPQueryParamMatch.name`).
 */

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const PLUS = 0x2b;

/** Returns the start of the value of the first parameter called `name`, or -1. Without `=` the value is empty. */
export function findParameter(query: string, name: string): number {
  let start = 0;
  while (start < query.length) {
    let encoded = false;
    let equals = -1;
    let end = start;
    for (; end < query.length; end++) {
      const c = query.charCodeAt(end);
      if (c === AMPERSAND) break;
      if (equals >= 0) continue;
      if (c === EQUALS) equals = end;
      else if (c === PERCENT || c === PLUS) encoded = true;
    }
    const nameEnd = equals < 0 ? end : equals;
    if (encoded) {
      if (decode(query.slice(start, nameEnd)) === name) return equals < 0 ? end : equals + 1;
    } else if (nameEnd - start === name.length && query.startsWith(name, start)) {
      return equals < 0 ? end : equals + 1;
    }
    start = end + 1;
  }
  return -1;
}

/** Reports whether the value that starts at `start` equals `value` after decoding. */
export function parameterEquals(query: string, start: number, value: string): boolean {
  let encoded = false;
  let end = start;
  for (; end < query.length; end++) {
    const c = query.charCodeAt(end);
    if (c === AMPERSAND) break;
    if (c === PERCENT || c === PLUS) encoded = true;
  }
  if (encoded) return decode(query.slice(start, end)) === value;
  return end - start === value.length && query.startsWith(value, start);
}

/** Returns the decoded value that starts at `start`. */
export function parameterValue(query: string, start: number): string {
  const end = query.indexOf("&", start);
  return decode(query.slice(start, end < 0 ? query.length : end));
}

/** Decodes all parameters of a query at once, for long queries. For a repeated parameter the first value counts. */
export function readParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (let start = 0; start < query.length; ) {
    const ampersand = query.indexOf("&", start);
    const end = ampersand < 0 ? query.length : ampersand;
    const equals = query.indexOf("=", start);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    const name = decode(query.slice(start, nameEnd));
    if (!parameters.has(name)) parameters.set(name, nameEnd === end ? "" : decode(query.slice(nameEnd + 1, end)));
    start = end + 1;
  }
  return parameters;
}

function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    // One encoding is not UTF-8. Each run of percent-encodings is decoded on its own, and invalid runs are kept.
    return spaced.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => (isUTF8(run) ? decodeURIComponent(run) : run));
  }
}

/** Reports whether percent-encodings are UTF-8 (RFC 3629 section 4). An exception per invalid run would cost more. */
function isUTF8(run: string): boolean {
  let rest = 0;
  let least = 0x80;
  let most = 0xbf;
  for (let i = 1; i < run.length; i += 3) {
    const byte = Number.parseInt(run.slice(i, i + 2), 16);
    if (rest > 0) {
      if (byte < least || byte > most) return false;
      rest--;
      [least, most] = [0x80, 0xbf];
    } else if (byte >= 0x80) {
      if (byte < 0xc2 || byte > 0xf4) return false;
      rest = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      if (byte === 0xe0) least = 0xa0;
      if (byte === 0xed) most = 0x9f;
      if (byte === 0xf0) least = 0x90;
      if (byte === 0xf4) most = 0x8f;
    }
  }
  return rest === 0;
}
