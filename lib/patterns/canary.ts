import type { ApplicationDeveloper } from "../application-developer/application-developer.ts";
import { HTTPRoute, type HTTPRouteProps } from "../application-developer/http-route.ts";
import type { CanaryProps } from "./canary-props.ts";
import { canaryRules } from "./canary-rules.ts";
import { shareAt } from "./canary-steps.ts";

/**
 * A rollout by steps. It is the HTTPRoute itself, so that a route which becomes a canary, and one that is a canary no
 * more, stay the same object in the cluster and in an engine's state. A step changes nothing but weights:
 *
 * ```ts
 * new Canary(this, "acme-store", {
 *   parentRefs: [props.gateway],
 *   hostnames: ["acme.io"],
 *   rules: [{ matches: [pathPrefix("/store")] }],
 *   stable: service("acme-store", 8080),
 *   canary: service("acme-store-canary", 8080),
 *   steps: [0, 5, 25, 100],
 *   step: props.step,
 *   testers: [header("serve", "canary")],
 * });
 * ```
 *
 * Throws a DeclarationError if there is no such step, if shares do not rise or are no percentages, and if a rule asks
 * for a header that testers are known by.
 */
export class Canary extends HTTPRoute {
  /** The canary's share now, in percent. */
  readonly share: number;

  constructor(scope: ApplicationDeveloper, id: string, props: CanaryProps) {
    super(scope, id, routeProps(scope, id, props));
    this.share = shareAt(scope, id, props);
  }
}

/** JavaScript may leave the props out; the route says so. */
function routeProps(scope: ApplicationDeveloper, id: string, props: CanaryProps): HTTPRouteProps {
  if (props === null || typeof props !== "object") return props;
  const { stable: _, canary: __, steps: ___, step: ____, testers: _____, ...route } = props;
  return { ...route, rules: canaryRules(scope, id, props) };
}
