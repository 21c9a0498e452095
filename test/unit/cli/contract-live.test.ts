import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { gatewright, scratch } from "./gatewright.ts";

const base = "/apis/gateway.networking.k8s.io/v1";
const objects: Readonly<Record<string, unknown>> = {
  [`${base}/namespaces/edge/gateways/external`]: {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name: "external", namespace: "edge", annotations: { token: "not-told" } },
    spec: { gatewayClassName: "lb", listeners: [{ name: "http", protocol: "HTTP", port: 80 }] },
  },
  [`${base}/gatewayclasses/lb`]: {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: { name: "lb" },
    spec: { controllerName: "acme.io/lb" },
    status: { supportedFeatures: [{ name: "HTTPRoute" }, { name: "Gateway" }] },
  },
};

test("contract --live reads Gateway and class of a cluster, and says what the API server refuses", async (t) => {
  const server = createServer(({ url = "" }, answer) => {
    const object = objects[url];
    const denied = url.includes("denied");
    const status = { kind: "Status", message: denied ? "bob may not get gateways" : "not found" };
    answer.writeHead(object === undefined ? (denied ? 403 : 404) : 200, { "content-type": "application/json" });
    answer.end(JSON.stringify(object ?? status));
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const cwd = await scratch(t);
  const kubeconfig = join(cwd, "kubeconfig");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(
    kubeconfig,
    JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: url, "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: {} }],
    }),
  );
  const live = (name: string) => gatewright(["contract", "--live", name, "--kubeconfig", kubeconfig]);

  const { code, stdout, stderr } = await live("edge/external");
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), {
    apiVersion: "gatewright.dev/v1",
    kind: "GatewayContract",
    metadata: { name: "external", namespace: "edge" },
    spec: {
      gatewayClassName: "lb",
      controllerName: "acme.io/lb",
      features: ["Gateway", "HTTPRoute"],
      listeners: [
        {
          name: "http",
          port: 80,
          protocol: "HTTP",
          kinds: ["HTTPRoute", "GRPCRoute"],
          namespaces: { from: "Same" },
        },
      ],
    },
  });
  assert.match((await live("edge/other")).stderr, /the cluster has no Gateway edge\/other/);
  const denied = await live("edge/denied");
  assert.equal(denied.code, 2);
  assert.match(denied.stderr, /Gateway denied: .*bob may not get gateways/);
});
