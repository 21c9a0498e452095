import type { Construct } from "constructs";
import { ApplicationDeveloper, HTTPRoute, type IGateway, mirrorTo, pathPrefix, service } from "gatewright";

/** The application developer's part (Carol): the store. `canary` is the canary's share of the traffic in tenths. */
export class AcmeStore extends ApplicationDeveloper {
  constructor(scope: Construct, id: string, props: { gateway: IGateway; canary?: number }) {
    super(scope, id, { namespace: "store" });
    const { canary: share = 0 } = props;
    const stable = service("acme-store", 8080);
    const canary = service("acme-store-canary", 8080);
    new HTTPRoute(this, "acme-store", {
      metadata: { labels: { app: "acme-store" } },
      parentRefs: [props.gateway],
      hostnames: ["acme.io"],
      rules: [
        {
          matches: [pathPrefix("/store")],
          backendRefs: [
            { ...stable, weight: 10 - share },
            { ...canary, weight: share },
          ],
        },
        {
          matches: [{ path: { type: "Exact", value: "/checkout" }, headers: [{ name: "serve", value: "canary" }] }],
          filters: [mirrorTo(canary, { percent: 10 })],
          backendRefs: [stable],
        },
      ],
    });
  }
}
