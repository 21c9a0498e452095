import type { HeaderIR, HeaderModifierIR } from "../ir.ts";
import { type NormalizedHost, normalizeHost } from "../normalize.ts";
import { framingFields } from "../rewrite/headers.ts";

/**
 * Converts a field value into the form that its reader needs. The wire encodes text as bytes; simulate keeps it as text.
 */
export type EncodeValue = (value: string) => string;

/** A RequestHeaderModifier as it acts: Host decides where the request is for, so it is kept apart from the other fields. */
export interface PreparedRequestModifier {
  readonly headers: HeaderModifierIR;
  /** The Host to send. Absent: the filter does not set one. */
  readonly host?: SentHost;
}

/** A Host field, and the host that it names. */
export interface SentHost {
  readonly sent: string;
  /** Lower case, without port. */
  readonly normalized: string;
}

/**
 * Prepares a RequestHeaderModifier. `set` of Host replaces the Host, as URLRewrite's hostname does. `add` and `remove` of
 * Host do nothing: an HTTP/1.1 request has exactly one Host (RFC 9112 section 3.2). A value that names no host does
 * nothing either.
 */
export function prepareRequestModifier(modifier: HeaderModifierIR, encode: EncodeValue): PreparedRequestModifier {
  const { set, add, remove } = prepareModifier(modifier, encode);
  const isOther = ({ name }: HeaderIR) => name !== "host";
  const value = set.find(({ name }) => name === "host")?.value;
  const named = value === undefined ? undefined : hostOf(value);
  return {
    headers: { set: set.filter(isOther), add: add.filter(isOther), remove: remove.filter((name) => name !== "host") },
    ...(value !== undefined && named !== undefined ? { host: { sent: value, normalized: named.host } } : {}),
  };
}

/** Prepares a modifier: without the fields that frame a message or belong to one connection, with values that can be sent. */
export function prepareModifier({ set, add, remove }: HeaderModifierIR, encode: EncodeValue): HeaderModifierIR {
  const prepared = (headers: readonly HeaderIR[]) =>
    headers
      .filter(({ name }) => !framingFields.has(name))
      .map(({ name, value }) => ({ name, value: encode(sendableValue(value)) }));
  return { set: prepared(set), add: prepared(add), remove: remove.filter((name) => !framingFields.has(name)) };
}

/** The host that a Host field names; undefined if the value names none. */
export function hostOf(value: string): NormalizedHost | undefined {
  const normalized = normalizeHost(value);
  return normalized.refused === undefined ? normalized : undefined;
}

/** RFC 9110 section 5.5: controls are replaced by blanks, and blanks around a value are not part of it. */
function sendableValue(value: string): string {
  return value.replace(controls, " ").replace(/^[\t ]+|[\t ]+$/g, "");
}

const controls = /(?!\t)\p{Cc}/gu;
