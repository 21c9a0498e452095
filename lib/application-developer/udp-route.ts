import type { UDPRouteSpec } from "../api/index.ts";
import type { ManifestKind } from "../constructs/manifest.ts";
import type { ApplicationDeveloper } from "./application-developer.ts";
import { Route, type RouteProps } from "./route.ts";

/** The spec of a UDPRoute. `parentRefs` also takes Gateways and ListenerSets as objects. */
export interface UDPRouteProps extends Omit<UDPRouteSpec, "parentRefs">, RouteProps {}

const udpRoute: ManifestKind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "UDPRoute",
  scope: "Namespaced",
  personas: ["ApplicationDeveloper"],
};

/** Routes UDP datagrams of a port to backends (Gateway API: UDPRoute). */
export class UDPRoute extends Route<UDPRouteProps> {
  override readonly props: UDPRouteProps;

  constructor(scope: ApplicationDeveloper, id: string, props: UDPRouteProps) {
    super(scope, id, udpRoute, props);
    this.props = props;
  }

  override get kind(): "UDPRoute" {
    return "UDPRoute";
  }
}
