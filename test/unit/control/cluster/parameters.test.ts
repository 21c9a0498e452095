import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Cluster, controllerName } from "./cluster.ts";

const own = "/apis/gatewright.dev/v1alpha1/gatewayparameters";
const configMap = (name: string) => ({ group: "", kind: "ConfigMap", name });
const gateway = (parametersRef?: object) => ({
  gatewayClassName: "ours",
  listeners: [{ name: "http", port: 80, protocol: "HTTP" }],
  ...(parametersRef && { infrastructure: { parametersRef } }),
});

async function started(t: TestContext, prepare: (cluster: Cluster) => void): Promise<Cluster> {
  const cluster = new Cluster();
  cluster.put("gatewayclasses", "", "ours", {
    controllerName,
    parametersRef: { ...configMap("all"), namespace: "infrastructure" },
  });
  cluster.putConfigMap("infrastructure", "all", { "parameters.yaml": "replicas: 3\nservice: { type: NodePort }" });
  prepare(cluster);
  await cluster.start(t);
  return cluster;
}

const settings = (cluster: Cluster) => cluster.configuration("edge/main")?.attachment.parameters;
const accepted = (cluster: Cluster) => cluster.status("gateways", "edge", "main");

test("a Gateway has the settings of its class, with its own over them, and follows both", async (t) => {
  const cluster = await started(t, (one) => {
    one.putConfigMap("edge", "settings", { "parameters.yaml": "replicas: 5" });
    one.put("gateways", "edge", "main", gateway(configMap("settings")));
  });
  await cluster.until("deployed", () => settings(cluster)?.replicas === 5);
  assert.deepEqual(settings(cluster), { replicas: 5, service: { type: "NodePort" } });
  cluster.putConfigMap("edge", "settings", { "parameters.yaml": "accessLog: {}" });
  await cluster.until("the Gateway's change", () => settings(cluster)?.accessLog !== undefined);
  cluster.putConfigMap("infrastructure", "all", { "parameters.yaml": "replicas: 4\nimage: own:2" });
  await cluster.until("the class's change", () => settings(cluster)?.replicas === 4);
  assert.deepEqual(settings(cluster), { replicas: 4, image: "own:2", accessLog: {} });
});

test("a Gateway's own settings cannot choose what its proxies run", async (t) => {
  const cluster = await started(t, (one) => {
    one.putConfigMap("edge", "settings", { "parameters.yaml": "image: own:2" });
    one.put("gateways", "edge", "main", gateway(configMap("settings")));
  });
  await cluster.until("refused", () => /"reason":"InvalidParameters"/.test(accepted(cluster)));
  assert.match(accepted(cluster), /name an image, which only those of its class may/);
  assert.equal(settings(cluster)?.image, undefined);
});

test("a ConfigMap that nobody refers to is none of its business", async (t) => {
  const cluster = await started(t, (one) => one.put("gateways", "edge", "main", gateway()));
  await cluster.until("deployed", () => settings(cluster)?.replicas === 3);
  const before = cluster.deployed.length;
  cluster.putConfigMap("infrastructure", "other", { "parameters.yaml": "replicas: 9" });
  await sleep(100);
  assert.equal(cluster.deployed.length, before);
});

test("settings that are wrong are refused with the reason, and what runs is kept until they are right", async (t) => {
  const cluster = await started(t, (one) => {
    one.putConfigMap("edge", "settings", { "parameters.yaml": "replicas: 5" });
    one.put("gateways", "edge", "main", gateway(configMap("settings")));
  });
  await cluster.until("deployed", () => settings(cluster)?.replicas === 5);
  cluster.putConfigMap("edge", "settings", { "parameters.yaml": "replicas: many" });
  await cluster.until("refused", () => /"reason":"InvalidParameters"/.test(accepted(cluster)));
  assert.match(accepted(cluster), /parameters\.yaml of ConfigMap edge\/settings at replicas/);
  // Its proxies still receive configurations: invalid settings do not make the routes invalid.
  const { attachment, ir } = cluster.configuration("edge/main") ?? assert.fail("it is served no more");
  assert.equal(attachment.accepted, false);
  assert.equal(ir.ports.length, 1);
  cluster.putConfigMap("edge", "settings", { "parameters.yaml": "replicas: 6" });
  await cluster.until("right again", () => settings(cluster)?.replicas === 6);
});

test("GatewayParameters are read as soon as the cluster has their CRD", async (t) => {
  const cluster = await started(t, (one) =>
    one.put(
      "gateways",
      "edge",
      "main",
      gateway({ group: "gatewright.dev", kind: "GatewayParameters", name: "settings" }),
    ),
  );
  await cluster.until("refused", () => /GatewayParameters edge\/settings does not exist/.test(accepted(cluster)));
  cluster.store.serve(own);
  cluster.store.put(own, "edge", "settings", { replicas: 7 });
  await cluster.until("read", () => settings(cluster)?.replicas === 7);
  cluster.store.put(own, "edge", "settings", { replicas: 8 });
  await cluster.until("followed", () => settings(cluster)?.replicas === 8);
});
