import type { TCPRouteSpec } from "../api/index.ts";
import type { ManifestKind } from "../constructs/manifest.ts";
import type { ApplicationDeveloper } from "./application-developer.ts";
import { Route, type RouteProps } from "./route.ts";

/** The spec of a TCPRoute. `parentRefs` also takes Gateways and ListenerSets as objects. */
export interface TCPRouteProps extends Omit<TCPRouteSpec, "parentRefs">, RouteProps {}

const tcpRoute: ManifestKind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "TCPRoute",
  scope: "Namespaced",
  personas: ["ApplicationDeveloper"],
};

/** Routes TCP connections of a port to backends (Gateway API: TCPRoute). */
export class TCPRoute extends Route<TCPRouteProps> {
  override readonly props: TCPRouteProps;

  constructor(scope: ApplicationDeveloper, id: string, props: TCPRouteProps) {
    super(scope, id, tcpRoute, props);
    this.props = props;
  }

  override get kind(): "TCPRoute" {
    return "TCPRoute";
  }
}
