import type { Finding } from "../../findings/finding.ts";
import { idleMirrors, repeatedBackends, zeroWeights } from "./backends.ts";
import { filtersWithoutEffect } from "./filter-effects.ts";
import { headersUndone, redirectsToThemselves } from "./filters.ts";
import type { AdviceInput } from "./input.ts";
import { idleListeners, takenHosts } from "./listeners.ts";
import { pathsBehindHeaders, shadowedMatches } from "./matches.ts";
import { addressesAsHostnames, repeatedNames } from "./names.ts";
import { lostPreflights } from "./preflights.ts";

/** Reports constructs that the API allows and authors seldom mean. Each statement follows from the declared objects. */
export function advise(input: AdviceInput): Finding[] {
  return [
    shadowedMatches,
    zeroWeights,
    idleMirrors,
    redirectsToThemselves,
    takenHosts,
    idleListeners,
    repeatedBackends,
    headersUndone,
    pathsBehindHeaders,
    lostPreflights,
    filtersWithoutEffect,
    repeatedNames,
    addressesAsHostnames,
  ].flatMap((rule) => rule(input));
}
