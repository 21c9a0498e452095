import type { Construct } from "constructs";
import { ApplicationDeveloper, HTTPRoute, pathPrefix, service } from "gatewright";

/** The application developer's part (Carol). A label selects the Gateway, so this part is the same at every stage. */
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
