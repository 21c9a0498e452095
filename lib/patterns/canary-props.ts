import type { HTTPBackendRef, HTTPHeaderMatch } from "../api/index.ts";
import type { HTTPRouteProps } from "../application-developer/http-route.ts";

/** A HTTPRoute whose traffic moves step by step from one backend to another. */
export interface CanaryProps extends HTTPRouteProps {
  /** What serves before the first step and gets what the canary does not. */
  readonly stable: Omit<HTTPBackendRef, "weight">;
  readonly canary: Omit<HTTPBackendRef, "weight">;
  /**
   * The canary's share after each step, in percent with at most two decimals, each higher than the one before:
   * `[0, 5, 25, 100]`.
   */
  readonly steps: readonly number[];
  /** The step that is in force, counted from 0. A lower one than before rolls back. */
  readonly step: number;
  /**
   * Requests that the canary answers whatever the step: those with one of these headers, `header("serve", "canary")`, or
   * cookies, `cookie("serve", "canary")`. By default none.
   */
  readonly testers?: readonly HTTPHeaderMatch[];
  /**
   * The team's own rules. Those without backendRefs are what is moved; those that name backends, and redirects, stay as
   * they are. By default all requests are moved.
   */
  readonly rules?: HTTPRouteProps["rules"];
}
