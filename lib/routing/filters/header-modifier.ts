import type { HeaderIR, HeaderModifierIR } from "../ir.ts";
import { type NormalizedHost, normalizeHost } from "../normalize.ts";
import { framingFields } from "../rewrite/headers.ts";

/**
 * Converts a field value into the form that its consumer needs: the proxy encodes text as bytes, `simulate` keeps text.
 */
export type EncodeValue = (value: string) => string;

/** A prepared RequestHeaderModifier. Host is kept apart, because it decides which host the request is for. */
export interface PreparedRequestModifier {
  readonly headers: HeaderModifierIR;
  /** The Host to send. Absent: the filter does not set one. */
  readonly host?: SentHost;
}

/** A value for the Host field, and the host that it names. */
export interface SentHost {
  readonly sent: string;
  /** Lower case, without port. */
  readonly normalized: string;
}

/**
 * Prepares a RequestHeaderModifier. `set` of Host replaces the Host, as URLRewrite's hostname does. `add` and `remove`
 * of Host have no effect: an HTTP/1.1 request has exactly one Host (RFC 9112 section 3.2). A value that is not a valid
 * host has no effect either.
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

/** Prepares a modifier: drops framing and connection fields (`framingFields`), and makes values valid. */
export function prepareModifier({ set, add, remove }: HeaderModifierIR, encode: EncodeValue): HeaderModifierIR {
  const prepared = (headers: readonly HeaderIR[]) =>
    headers
      .filter(({ name }) => !framingFields.has(name))
      .map(({ name, value }) => ({ name, value: encode(sendableValue(value)) }));
  return { set: prepared(set), add: prepared(add), remove: remove.filter((name) => !framingFields.has(name)) };
}

/** Parses the value of a Host field. Returns undefined if the value is not a valid host. */
export function hostOf(value: string): NormalizedHost | undefined {
  const normalized = normalizeHost(value);
  return normalized.refused === undefined ? normalized : undefined;
}

/** Replaces control characters by spaces and trims spaces and tabs, as RFC 9110 section 5.5 requires. */
function sendableValue(value: string): string {
  return value.replace(controls, " ").replace(/^[\t ]+|[\t ]+$/g, "");
}

const controls = /(?!\t)\p{Cc}/gu;
