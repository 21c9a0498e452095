import type { HTTPRouteSpec } from "../api/index.ts";
import type { ManifestKind } from "../constructs/manifest.ts";
import type { ApplicationDeveloper } from "./application-developer.ts";
import { Route, type RouteProps } from "./route.ts";

/** The spec of an HTTPRoute. `parentRefs` also takes Gateways and ListenerSets as objects. */
export interface HTTPRouteProps extends Omit<HTTPRouteSpec, "parentRefs">, RouteProps {}

const httpRoute: ManifestKind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  scope: "Namespaced",
  personas: ["ApplicationDeveloper"],
};

/** Routes HTTP requests by host, path, method, headers and query to backends (Gateway API: HTTPRoute). */
export class HTTPRoute extends Route<HTTPRouteProps> {
  override readonly props: HTTPRouteProps;

  constructor(scope: ApplicationDeveloper, id: string, props: HTTPRouteProps) {
    super(scope, id, httpRoute, props);
    this.props = props;
  }

  override get kind(): "HTTPRoute" {
    return "HTTPRoute";
  }
}
