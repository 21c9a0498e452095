import type { AdminState } from "./state.ts";

/** Header names whose values are credentials wherever they stand. */
const credentials = /^(proxy-)?authorization$|^(set-)?cookie$|api-?key|token|secret|password/;
const redacted = "(hidden)";

/**
 * What the proxy enforces, for reading: IR, sockets and conditions. Values of headers that carry credentials are
 * hidden, in what a filter sets as in what a match asks for.
 */
export function configuration({ ready, gateways, sockets, conditions, problems }: AdminState): unknown {
  return hide({ ready, gateways, sockets, conditions, problems });
}

function hide(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hide);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, field]) => [key, hide(field)] as const);
  const { name, value: text } = value as { name?: unknown; value?: unknown };
  if (typeof name === "string" && typeof text === "string" && credentials.test(name.toLowerCase())) {
    return { ...Object.fromEntries(entries), value: redacted };
  }
  return Object.fromEntries(entries);
}
