import type { Construct } from "constructs";
import {
  ApplicationDeveloper,
  GRPCRoute,
  grpcMethod,
  HTTPRoute,
  header,
  type IGateway,
  method,
  pathPrefix,
  queryParam,
  service,
} from "gatewright";
export class Pay extends ApplicationDeveloper {
  constructor(scope: Construct, id: string, props: { gateway: IGateway; internal: IGateway }) {
    super(scope, id, { namespace: "pay" });
    new HTTPRoute(this, "pay", {
      parentRefs: [props.gateway.listener("pay")],
      rules: [
        {
          matches: [{ ...pathPrefix("/charge"), ...method("POST") }],
          backendRefs: [service("charge", 80)],
          timeouts: { request: "30s" },
        },
        {
          matches: [{ ...pathPrefix("/report"), queryParams: [queryParam("format", "pdf")] }],
          backendRefs: [service("pdf", 80)],
        },
      ],
    });
    new GRPCRoute(this, "ledger", {
      parentRefs: [props.internal],
      hostnames: ["ledger.internal.acme.io"],
      rules: [
        {
          matches: [grpcMethod("acme.Ledger", "Post"), grpcMethod("acme.Ledger", "Get")],
          backendRefs: [service("ledger", 9090)],
        },
      ],
    });
  }
}
export class Api extends ApplicationDeveloper {
  constructor(scope: Construct, id: string, props: { gateway: IGateway }) {
    super(scope, id, { namespace: "api" });
    new HTTPRoute(this, "api", {
      parentRefs: [props.gateway.listener("api")],
      hostnames: ["v2.api.acme.io"],
      rules: [
        {
          matches: [{ headers: [header("x-region", "eu|us", { type: "RegularExpression" })] }],
          backendRefs: [service("api", 80)],
        },
        { backendRefs: [service("api", 80)] },
      ],
    });
  }
}
