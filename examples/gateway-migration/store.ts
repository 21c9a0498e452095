import type { Construct } from "constructs";
import { ApplicationDeveloper, HTTPRoute, pathPrefix, service } from "gatewright";

/** Carol's part. It names no Gateway: a label says which traffic it wants, and it is the same at every stage. */
export class AcmeStore extends ApplicationDeveloper {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: "store" });
    new HTTPRoute(this, "acme-store", {
      metadata: { labels: { gateway: "acme-external" } },
      hostnames: ["acme.io"],
      rules: [{ matches: [pathPrefix("/store")], backendRefs: [service("acme-store", 8080)] }],
    });
  }
}
