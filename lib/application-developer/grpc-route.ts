import type { GRPCRouteSpec } from "../api/index.ts";
import type { ManifestKind } from "../constructs/manifest.ts";
import type { ApplicationDeveloper } from "./application-developer.ts";
import { Route, type RouteProps } from "./route.ts";

/** The spec of a GRPCRoute. `parentRefs` also takes Gateways and ListenerSets as objects. */
export interface GRPCRouteProps extends Omit<GRPCRouteSpec, "parentRefs">, RouteProps {}

const grpcRoute: ManifestKind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "GRPCRoute",
  scope: "Namespaced",
  personas: ["ApplicationDeveloper"],
};

/** Routes gRPC calls by host, service, method and headers to backends (Gateway API: GRPCRoute). */
export class GRPCRoute extends Route<GRPCRouteProps> {
  override readonly props: GRPCRouteProps;

  constructor(scope: ApplicationDeveloper, id: string, props: GRPCRouteProps) {
    super(scope, id, grpcRoute, props);
    this.props = props;
  }

  override get kind(): "GRPCRoute" {
    return "GRPCRoute";
  }
}
