import type { HTTPHeaderMatch } from "../api/index.ts";

/** RFC 6265 section 4.1.1: a cookie's name is a token, its value of octets without blanks, quotes, commas, semicolons. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const octets = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/**
 * A match of requests that bring this cookie with this value: a regular expression on the field Cookie (RFC 6265 section
 * 4.2.1), which implementations of the Gateway API may or may not support; Gatewright's own proxy does.
 *
 * Throws an Error if there can be no such cookie.
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

/** The text as a regular expression of RE2 that matches it. */
function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
