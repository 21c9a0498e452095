/**
 * Reading a raw query string in place. Parameters are separated by `&`, names and values are decoded as
 * application/x-www-form-urlencoded: `+` is a blank, percent-encodings are UTF-8. An encoding that is invalid stands
 * for itself. The first parameter of a name counts (`HTTPQueryParamMatch.name`).
 */

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const PLUS = 0x2b;

/** Where the value of the first parameter called `name` starts, or -1. A parameter without `=` has an empty value. */
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

/** Whether the value that starts at `start` is, once decoded, `value`. */
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

/** The decoded value that starts at `start`. */
export function parameterValue(query: string, start: number): string {
  const end = query.indexOf("&", start);
  return decode(query.slice(start, end < 0 ? query.length : end));
}

function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    // One encoding in it is no UTF-8: decode the others. Every run is tried by itself.
    return spaced.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
      try {
        return decodeURIComponent(run);
      } catch {
        return run;
      }
    });
  }
}
