import { compareText } from "../order.ts";

/** `${` and `%{` begin an interpolation and a directive. */
const opening = /[$%](?=\{)/g;
const openingOfNoToken = /[$%](?=\{)(?!\{TfToken\[)/g;

/**
 * A value as Terraform's JSON syntax has it: every string there, names of members too, is a template, in which `${` and
 * `%{` begin an interpolation and a directive unless their first character is doubled. Members come in the order of their
 * code units, so that the same value is the same text.
 */
export function literal(value: unknown): unknown {
  return escaped(value, opening);
}

/** As {@link literal}, but the tokens of the CDK for Terraform (`${TfToken[…]}`) are left to it. */
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
