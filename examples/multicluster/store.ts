import { type ApplicationDeveloper, HTTPRoute, type IGateway, mirrorTo, pathPrefix } from "gatewright";
import { MulticlusterService } from "gatewright/patterns";

/** The clusters of Acme. The first one has the Gateway. */
export const clusters = ["c1", "c2"] as const;

/** The store runs in both, under a name for each. */
export const store = MulticlusterService.perCluster("store", { clusters, namespace: "store", port: 8080 });

/** Half of the traffic to each cluster; and of whatever the preview gets, a copy to the second. */
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
