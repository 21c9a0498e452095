import type { HTTPBackendRef, HTTPHeaderMatch } from "../api/index.ts";
import type { HTTPRouteProps } from "../application-developer/http-route.ts";

/** The props of an HTTPRoute whose traffic moves from one backend to another in steps. */
export interface CanaryProps extends HTTPRouteProps {
  /** The backend that serves before the first step, and gets all traffic that the canary does not get. */
  readonly stable: Omit<HTTPBackendRef, "weight">;
  readonly canary: Omit<HTTPBackendRef, "weight">;
  /** The canary's share at each step, in percent with at most two decimals, in ascending order: `[0, 5, 25, 100]`. */
  readonly steps: readonly number[];
  /** Index of the current step in `steps`, from 0. A lower index than before rolls back. */
  readonly step: number;
  /**
   * Requests that always go to the canary: those with one of these headers, such as `header("serve", "canary")`, or
   * cookies, `cookie("serve", "canary")`. Default: none.
   */
  readonly testers?: readonly HTTPHeaderMatch[];
  /**
   * The route's rules. Rules without backendRefs are split between stable and canary. Rules that name backends, and
   * redirects, are not changed. Default: one rule for all requests.
   */
  readonly rules?: HTTPRouteProps["rules"];
}
