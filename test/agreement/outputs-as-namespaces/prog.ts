// @ts-nocheck: the types refuse late labels, annotations and header values; a program in JavaScript has no types.
import * as pulumi from "@pulumi/pulumi";
import type { Construct } from "constructs";
import { ApplicationDeveloper, HTTPRoute, pathPrefix } from "gatewright";

const ns: pulumi.Output<string> = pulumi.output("hello");
const host: pulumi.Output<string> = pulumi.output("x.lab.test");

export default function app(scope: Construct) {
  const dev = new ApplicationDeveloper(scope, "dev", { namespace: ns });
  new HTTPRoute(dev, "httpbin", {
    metadata: { annotations: { note: host }, labels: { a: host } },
    parentRefs: [{ name: "http", namespace: pulumi.output("kgateway-system") }],
    hostnames: [host],
    rules: [
      {
        matches: [pathPrefix("/")],
        filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: { set: [{ name: "X-Env", value: host }] } }],
        backendRefs: [{ name: pulumi.output("httpbin"), port: pulumi.output(8000) }],
      },
    ],
  });
}
