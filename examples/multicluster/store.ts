import { type ApplicationDeveloper, HTTPRoute, type IGateway, mirrorTo, pathPrefix } from "gatewright";
import { MulticlusterService } from "gatewright/patterns";

/** The clusters of Acme. The first one runs the Gateway. */
export const clusters = ["c1", "c2"] as const;

/** The store runs in both clusters, as a Service with its own name in each. */
export const store = MulticlusterService.perCluster("store", { clusters, namespace: "store", port: 8080 });

/** Sends half of the traffic to each cluster, and mirrors requests for the preview to the second cluster. */
export function storeRoutes(carol: ApplicationDeveloper, gateway: IGateway): void {
  new HTTPRoute(carol, "store", {
    parentRefs: [gateway],
    rules: [
      {
        backendRefs: [
          { ...store.c1.backendRef, weight: 5 },
          { ...store.c2.backendRef, weight: 5 },
        ],
      },
      {
        matches: [pathPrefix("/preview")],
        filters: [mirrorTo(store.c2.backendRef)],
        backendRefs: [store.c1.backendRef],
      },
    ],
  });
}
