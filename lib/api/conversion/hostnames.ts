import { at, isList } from "./fields.ts";
import type { Ledger } from "./ledger.ts";

/** Converts a listener's hostname. In v1alpha1, an empty text and `*` mean every host, like no hostname today. */
export function convertListenerHostname(hostname: unknown, field: string, ledger: Ledger): unknown {
  if (hostname !== "" && hostname !== "*") {
    noteWildcard(hostname, field, ledger);
    return hostname;
  }
  ledger.settled(field, "Every host is the default of a listener, and the only way to say so now", { given: hostname });
  return undefined;
}

/** Returns a route's hostnames unchanged, and notes wildcards among them. */
export function convertHostnames(hostnames: unknown, field: string, ledger: Ledger): unknown {
  if (isList(hostnames)) {
    for (const [index, hostname] of hostnames.entries()) noteWildcard(hostname, at(field, index), ledger);
  }
  return hostnames;
}

function noteWildcard(hostname: unknown, field: string, ledger: Ledger): void {
  if (typeof hostname !== "string" || !hostname.startsWith("*.")) return;
  ledger.note("GW1308", field, "The wildcard stood for one label and stands for one or more now", {
    given: hostname,
    fix: "If deeper names must not match, list the names that should.",
  });
}
