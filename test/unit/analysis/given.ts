import assert from "node:assert/strict";
import { type RoutedGateway, type RoutingModel, routingModel } from "../../../lib/analysis/traffic/model.ts";
import { type Loaded, load } from "../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";

/** Loads YAML that must be valid. */
export function loaded(yaml: string): Loaded {
  const result = load(
    [{ name: "given.yaml", ...parseDocuments(yaml, "given.yaml"), texts: new Map([["given.yaml", yaml]]) }],
    {
      channel: "standard",
    },
  );
  assert.deepEqual(
    result.findings.filter(({ severity }) => severity === "error"),
    [],
  );
  return result;
}

export function model(yaml: string): RoutingModel {
  return routingModel(loaded(yaml), { undeclared: "exists" });
}

/** Returns the only Gateway of the YAML. */
export function onlyGateway(yaml: string): RoutedGateway {
  const { gateways } = model(yaml);
  assert.equal(gateways.length, 1);
  return gateways[0] as RoutedGateway;
}

/** Declares the class of `gateway` with this project's controller, so that our own capabilities apply. */
export const ours = `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: c }
spec: { controllerName: gatewright.dev/gateway-controller }
---
`;

/** Returns a Gateway `edge/g` with these listeners, which allow routes from all namespaces. */
export function gateway(...listeners: { name: string; port?: number; hostname?: string }[]): string {
  const lines = listeners.map(
    ({ name, port = 80, hostname }) =>
      `  - { name: ${name}, protocol: HTTP, port: ${port}${hostname === undefined ? "" : `, hostname: "${hostname}"`}, allowedRoutes: { namespaces: { from: All } } }`,
  );
  return `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g, namespace: edge }
spec:
  gatewayClassName: c
  listeners:
${lines.join("\n")}
---
`;
}

/** Returns an HTTPRoute in namespace `app` attached to `edge/g`; `rules` is the YAML of the list, in flow style. */
export function route(name: string, rules: string, { hostnames = "", parent = "", created = "" } = {}): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: app${created === "" ? "" : `, creationTimestamp: "${created}"`} }
spec:
  parentRefs: [{ name: g, namespace: edge${parent} }]
${hostnames === "" ? "" : `  hostnames: [${hostnames}]\n`}  rules: ${rules}
---
`;
}
