import { compareText } from "../order.ts";

/** Matches the first character of `${` and `%{`, which begin an interpolation and a directive. */
const opening = /[$%](?=\{)/g;
const openingOfNoToken = /[$%](?=\{)(?!\{TfToken\[)/g;

/**
 * Escapes a value for Terraform's JSON syntax. Every string there, including member names, is a template, in which `${`
 * and `%{` begin an interpolation and a directive unless the first character is doubled. Members are sorted by code
 * units, so that equal values give equal texts.
 */
export function literal(value: unknown): unknown {
  return escaped(value, opening);
}

/** Escapes like {@link literal}, but keeps the tokens of the CDK for Terraform (`${TfToken[…]}`). */
export function literalBesideTokens(value: unknown): unknown {
  return escaped(value, openingOfNoToken);
}

function escaped(value: unknown, what: RegExp): unknown {
  if (typeof value === "string") return value.replaceAll(what, "$&$&");
  if (Array.isArray(value)) return value.map((item) => escaped(item, what));
  if (value === null || typeof value !== "object") return value;
  const members = Object.entries(value).sort(([left], [right]) => compareText(left, right));
  return Object.fromEntries(members.map(([key, member]) => [escaped(key, what), escaped(member, what)]));
}
