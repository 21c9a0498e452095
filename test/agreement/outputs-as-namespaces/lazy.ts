import { Lazy } from "cdk8s";
import type { Construct } from "constructs";
import { ApplicationDeveloper, HTTPRoute } from "gatewright";
export default function app(scope: Construct) {
  const dev = new ApplicationDeveloper(scope, "dev", { namespace: Lazy.any({ produce: () => "hello" }) });
  new HTTPRoute(dev, "httpbin", {
    parentRefs: [{ name: "http" }],
    rules: [{ backendRefs: [{ name: "httpbin", port: 8000 }] }],
  });
}
