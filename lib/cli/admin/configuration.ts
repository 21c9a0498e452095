import type { AdminState } from "./state.ts";

/** Header names whose values are credentials wherever they stand. */
const credentials = /^(proxy-)?authorization$|^(set-)?cookie$|api-?key|token|secret|password/;
const hidden = "(hidden)";

/**
 * The state with the values of headers that carry credentials hidden, in what a filter sets as in what a match asks
 * for: everything that is shown is made from this.
 */
export function withoutCredentials(state: AdminState): AdminState {
  return hide(state) as AdminState;
}

/** What /config tells: what the proxy enforces, and the conditions of every object. */
export function configuration({ ready, gateways, sockets, conditions, problems }: AdminState): unknown {
  return { ready, gateways, sockets, conditions, problems };
}

function hide(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hide);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, field]) => [key, hide(field)] as const);
  const { name, value: text } = value as { name?: unknown; value?: unknown };
  if (typeof name === "string" && typeof text === "string" && credentials.test(name.toLowerCase())) {
    return { ...Object.fromEntries(entries), value: hidden };
  }
  return Object.fromEntries(entries);
}
