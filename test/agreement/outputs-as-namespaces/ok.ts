import * as pulumi from "@pulumi/pulumi";
import type { Construct } from "constructs";
import { ApplicationDeveloper, HTTPRoute } from "gatewright";
export default function app(scope: Construct) {
  const dev = new ApplicationDeveloper(scope, "dev", { namespace: pulumi.output("hello") });
  new HTTPRoute(dev, "httpbin", {
    parentRefs: [{ name: "http", namespace: pulumi.output("kgateway-system") }],
    hostnames: ["*.nip.test"],
    rules: [{ backendRefs: [{ name: "httpbin", port: 8000 }] }],
  });
}
