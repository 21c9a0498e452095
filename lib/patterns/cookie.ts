import type { HTTPHeaderMatch } from "../api/index.ts";

/** A cookie's name is a token; its value has no blanks, quotes, commas, semicolons (RFC 6265 section 4.1.1). */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const octets = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/**
 * Returns a header match for requests with this cookie and value. It is a regular expression on the field Cookie (RFC
 * 6265 section 4.2.1), which implementations of the Gateway API need not support. Gatewright's own proxy supports it.
 *
 * Throws an Error if the name or value is not valid in a cookie.
 */
export function cookie(name: string, value: string): HTTPHeaderMatch {
  if (!token.test(name))
    throw new Error(`cookie: ${JSON.stringify(name)} cannot be the name of a cookie; it is a token.`);
  if (!octets.test(value)) {
    throw new Error(
      `cookie: ${JSON.stringify(value)} cannot be the value of a cookie; it has no blanks, quotation marks, commas, semicolons or backslashes.`,
    );
  }
  const pair = `${quoted(name)}=${quoted(value)}`;
  return { type: "RegularExpression", name: "Cookie", value: `(?:.*; ?)?${pair}(?:;.*)?` };
}

/** Quotes a text for use in a regular expression of RE2. */
function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
