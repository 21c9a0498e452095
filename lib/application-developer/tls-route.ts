import type { TLSRouteSpec } from "../api/index.ts";
import type { ManifestKind } from "../constructs/manifest.ts";
import type { ApplicationDeveloper } from "./application-developer.ts";
import { Route, type RouteProps } from "./route.ts";

/** The spec of a TLSRoute. `parentRefs` also takes Gateways and ListenerSets as objects. */
export interface TLSRouteProps extends Omit<TLSRouteSpec, "parentRefs">, RouteProps {}

const tlsRoute: ManifestKind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "TLSRoute",
  scope: "Namespaced",
  personas: ["ApplicationDeveloper"],
};

/** Routes TLS connections by the server name that the client sends (Gateway API: TLSRoute). */
export class TLSRoute extends Route<TLSRouteProps> {
  override readonly props: TLSRouteProps;

  constructor(scope: ApplicationDeveloper, id: string, props: TLSRouteProps) {
    super(scope, id, tlsRoute, props);
    this.props = props;
  }

  override get kind(): "TLSRoute" {
    return "TLSRoute";
  }
}
