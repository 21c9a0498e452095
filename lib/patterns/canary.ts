import type { ApplicationDeveloper } from "../application-developer/application-developer.ts";
import { HTTPRoute, type HTTPRouteProps } from "../application-developer/http-route.ts";
import type { CanaryProps } from "./canary-props.ts";
import { canaryRules } from "./canary-rules.ts";
import { shareAt } from "./canary-steps.ts";

/**
 * A rollout in steps. A Canary is itself the HTTPRoute, so a route that becomes a canary, or stops being one, remains
 * the same object in the cluster and in an engine's state. A step changes only weights:
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
 * Throws a DeclarationError if the step does not exist, if shares are not ascending percentages, or if a rule already
 * matches a header of the testers.
 */
export class Canary extends HTTPRoute {
  /** The canary's current share, in percent. */
  readonly share: number;

  constructor(scope: ApplicationDeveloper, id: string, props: CanaryProps) {
    super(scope, id, routeProps(scope, id, props));
    this.share = shareAt(scope, id, props);
  }
}

/** JavaScript may omit the props; the HTTPRoute constructor reports it. */
function routeProps(scope: ApplicationDeveloper, id: string, props: CanaryProps): HTTPRouteProps {
  if (props === null || typeof props !== "object") return props;
  const { stable: _, canary: __, steps: ___, step: ____, testers: _____, ...route } = props;
  return { ...route, rules: canaryRules(scope, id, props) };
}
