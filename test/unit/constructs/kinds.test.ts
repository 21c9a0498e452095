import assert from "node:assert/strict";
import { test } from "node:test";
import type { Construct } from "constructs";
import { kindDefinition } from "../../../lib/api/index.ts";
import { apiVersionOf } from "../../../lib/api/kinds/kinds.ts";
import { isManifest } from "../../../lib/constructs/manifest.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import {
  ApplicationDeveloper,
  BackendTLSPolicy,
  ClusterOperator,
  Gateway,
  GatewayClass,
  GRPCRoute,
  HTTPRoute,
  InfrastructureProvider,
  ListenerSet,
  Namespace,
  ReferenceGrant,
  Service,
  TCPRoute,
  TLSRoute,
  UDPRoute,
} from "../../../lib/index.ts";

const kinds = [
  [GatewayClass, InfrastructureProvider],
  [Gateway, ClusterOperator],
  [ListenerSet, ClusterOperator],
  [ReferenceGrant, ApplicationDeveloper],
  [HTTPRoute, ApplicationDeveloper],
  [GRPCRoute, ApplicationDeveloper],
  [TLSRoute, ApplicationDeveloper],
  [TCPRoute, ApplicationDeveloper],
  [UDPRoute, ApplicationDeveloper],
  [BackendTLSPolicy, ApplicationDeveloper],
  [Namespace, ClusterOperator],
  [Service, ApplicationDeveloper],
] as const;

for (const [Kind, Owner] of kinds) {
  test(`the construct ${Kind.name} is of the API's kind, version and scope`, () => {
    // The content of the props does not matter here, so they are empty.
    const Any = Kind as unknown as new (scope: Construct, id: string, props: object) => Construct;
    const { declared, defined } = objectsOf(
      (scope) => new Any(new Owner(scope, "owner", { namespace: "ns" }), "x", {}),
    );
    const object = declared[0]?.object;
    assert.equal(object?.kind, Kind.name);
    const definition = kindDefinition(object?.apiVersion ?? "", Kind.name);
    assert.equal(object?.apiVersion, apiVersionOf(definition?.group ?? "?", definition?.versions[0]?.name ?? "?"));
    assert.ok(isManifest(defined));
    assert.equal(defined.clusterScoped, definition?.scope === "Cluster");
    assert.equal(object?.metadata.namespace, definition?.scope === "Cluster" ? undefined : "ns");
  });
}
