import { compareText } from "../order.ts";

/**
 * A value as Terraform's JSON syntax has it: every string there, names of members too, is a template, in which `${` and
 * `%{` begin an interpolation and a directive unless their first character is doubled. The tokens of the CDK for Terraform
 * (`${TfToken[…]}`) are left to it. Members come in the order of their code units, so that the same value is the same text.
 */
export function literal(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(/[$%](?=\{)(?!\{TfToken\[)/g, "$&$&");
  if (Array.isArray(value)) return value.map(literal);
  if (value === null || typeof value !== "object") return value;
  const members = Object.entries(value).sort(([left], [right]) => compareText(left, right));
  return Object.fromEntries(members.map(([key, member]) => [literal(key), literal(member)]));
}
