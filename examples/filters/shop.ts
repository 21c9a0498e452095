import type { Construct } from "constructs";
import {
  ApplicationDeveloper,
  ClusterOperator,
  CustomFilter,
  extensionRef,
  Gateway,
  HTTPRoute,
  pathPrefix,
  service,
} from "gatewright";
import { requireApiKey } from "./require-api-key.ts";
import { signRequest } from "./sign-request.ts";

/** The custom filters that `gatewright dev shop.ts` and the other commands run for `extensionRef`. */
export const filters = [requireApiKey, signRequest];

/** A shop that accepts orders only from partners with a key. */
export default function shop(scope: Construct) {
  const edge = new ClusterOperator(scope, "edge", { namespace: "edge" });
  const external = new Gateway(edge, "external", {
    gatewayClassName: "external-lb",
    listeners: [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } }],
  });

  const orders = new ApplicationDeveloper(scope, "orders", { namespace: "orders" });
  const partners = new CustomFilter(orders, "partners", {
    filter: requireApiKey,
    // The hash is the output of: printf open-sesame | sha256sum
    spec: { sha256: ["d7ecdf25eaf3deba0f2628771dbdd22d4138ab6cf38f91ed02a2ca0dec7c8ab7"] },
  });
  const signed = new CustomFilter(orders, "signed", { filter: signRequest, spec: { keyId: "2026-11" } });
  new HTTPRoute(orders, "orders", {
    parentRefs: [external],
    hostnames: ["acme.io"],
    rules: [
      {
        matches: [pathPrefix("/orders")],
        filters: [extensionRef(partners), extensionRef(signed)],
        backendRefs: [service("orders", 8080)],
      },
    ],
  });
}
