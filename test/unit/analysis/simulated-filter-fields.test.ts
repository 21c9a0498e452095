import assert from "node:assert/strict";
import { test } from "node:test";
import { defineFilter } from "../../../lib/filters/index.ts";
import { simulate } from "../../../lib/testing/index.ts";

const yaml = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec: { gatewayClassName: c, listeners: [{ name: http, protocol: HTTP, port: 80 }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec:
  parentRefs: [{ name: g }]
  rules:
  - filters: [{ type: ExtensionRef, extensionRef: { group: acme.io, kind: Look, name: a } }]
    backendRefs: [{ name: a, port: 80 }]
---
apiVersion: acme.io/v1
kind: Look
metadata: { name: a }
`;

test("filters in a simulation do not see the fields that the proxy writes, as docs/filters.md says", async () => {
  const seen: (string | undefined | null)[] = [];
  const look = defineFilter({
    group: "acme.io",
    kind: "Look",
    request({ headers, peer }) {
      seen.push(peer.address, headers.get("x-forwarded-for"), headers.get("forwarded"), headers.get("x-request-id"));
    },
  });
  const headers = { "x-forwarded-for": "203.0.113.7", "x-request-id": "7" };
  await simulate(yaml, { filters: [look] }).handle("GET", "http://acme.io/", { headers });
  assert.deepEqual(seen, ["192.0.2.1", undefined, undefined, undefined]);
});
