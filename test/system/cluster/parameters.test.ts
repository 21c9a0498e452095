import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { ask, askOften } from "./ask.ts";
import { type Cluster, type OwnCluster, otherCluster } from "./cluster.ts";
import { closeShop, openShop } from "./open-shop.ts";
import { until } from "./rig/run.ts";
import type { Shop } from "./shop.ts";

const proxies = "deployment/gate-gatewright";

suite("settings of proxies, in a cluster,", { skip: otherCluster() }, () => {
  let cluster: Cluster;
  let own: OwnCluster;
  let shop: Shop;
  let url: string;
  before(async () => {
    ({ cluster, own, shop, url } = await openShop("parameters"));
    await cluster.kubectl([
      "wait",
      "--for=condition=Established",
      "crd/gatewayparameters.gatewright.dev",
      "--timeout=30s",
    ]);
  });
  after(async () => {
    await cluster?.kubectl([
      "patch",
      "gatewayclass",
      "gatewright",
      "--type=merge",
      "-p",
      '{"spec":{"parametersRef":null}}',
    ]);
    await closeShop(cluster, shop);
  });

  const settings = (spec: object) => ({
    ...{ apiVersion: "gatewright.dev/v1alpha1", kind: "GatewayParameters" },
    ...{ metadata: { name: "settings", namespace: shop.namespace }, spec },
  });
  const configMap = (name: string, parameters: string) => ({
    ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: shop.namespace } },
    data: { "parameters.yaml": parameters },
  });
  const refer = (parametersRef: object) =>
    shop.kubectl(
      "patch",
      "gateway",
      "gate",
      "--type=merge",
      "-p",
      JSON.stringify({ spec: { infrastructure: { parametersRef } } }),
    );
  const accepted = () => shop.field("gateway/gate", '.status.conditions[?(@.type=="Accepted")].reason');
  const becomes = (what: string, path: string, value: string) =>
    until(what, async () => (await shop.field(proxies, path)) === value, 60_000);
  const serves = async () => {
    const answers = await askOften(own, url, 20);
    assert.deepEqual(
      answers.filter(({ status }) => status !== 200),
      [],
    );
  };

  test("are refused by the API server itself where its CRD can tell that they are wrong", async () => {
    await assert.rejects(shop.apply(settings({ replicas: 0 })), /spec\.replicas.*greater than or equal to 1/s);
    await assert.rejects(shop.apply(settings({ service: { type: "External" } })), /spec\.service\.type/);
    await assert.rejects(shop.apply(settings({ limits: { patience: 1 } })), /patience/);
  });

  test("of a Gateway change its proxies, which serve all the while", async () => {
    await shop.apply(
      settings({ replicas: 3, resources: { requests: { memory: "96Mi" } }, accessLog: { headers: ["x-team"] } }),
    );
    await refer({ group: "gatewright.dev", kind: "GatewayParameters", name: "settings" });
    await becomes("three proxies", ".spec.replicas", "3");
    assert.equal(await shop.field(proxies, ".spec.template.spec.containers[0].resources.requests.memory"), "96Mi");
    await shop.rolledOut("gate-gatewright");
    await shop.programmed();
    await serves();
    await until(
      "a line of the access log",
      async () => {
        await ask(own, url);
        const logs = await Promise.all((await shop.proxies()).map((pod) => shop.kubectl("logs", pod, "--tail=20")));
        return logs.some((log) => /"status":200/.test(log));
      },
      30_000,
    );
  });

  test("of its class are defaults, and its own win", async () => {
    await shop.apply(configMap("all", "replicas: 1\nservice: { annotations: { acme.io/pool: public } }"));
    const parametersRef = { group: "", kind: "ConfigMap", name: "all", namespace: shop.namespace };
    const patch = JSON.stringify({ spec: { parametersRef } });
    await cluster.kubectl(["patch", "gatewayclass", "gatewright", "--type=merge", "-p", patch]);
    const annotation = () => shop.field("service/gate-gatewright", ".metadata.annotations.acme\\.io/pool");
    await until("the class's annotation", async () => (await annotation()) === "public", 30_000);
    assert.equal(await shop.field(proxies, ".spec.replicas"), "3");
    await shop.apply(settings({}));
    await becomes("the class's replicas", ".spec.replicas", "1");
  });

  test("that are wrong are refused with the reason, and what runs goes on", async () => {
    await shop.apply(configMap("own", "replicas: many"));
    await refer({ group: "", kind: "ConfigMap", name: "own" });
    await until("refused", async () => (await accepted()) === "InvalidParameters", 30_000);
    assert.match(
      await shop.field("gateway/gate", '.status.conditions[?(@.type=="Accepted")].message'),
      /parameters\.yaml of ConfigMap parameters\/own at replicas/,
    );
    await serves();
    await shop.apply(configMap("own", "replicas: 2"));
    await until("right again", async () => (await accepted()) === "Accepted", 30_000);
    await becomes("two proxies", ".spec.replicas", "2");
    await shop.rolledOut("gate-gatewright");
    await serves();
  });

  test("that only the API server knows to be wrong are told in the Gateway's status, and what runs goes on", async () => {
    await shop.apply(configMap("own", "resources: { requests: { cpu: '2' }, limits: { cpu: '1' } }"));
    const programmed = (what: string) =>
      shop.field("gateway/gate", `.status.conditions[?(@.type=="Programmed")].${what}`);
    await until("refused", async () => (await programmed("reason")) === "Invalid", 30_000);
    assert.match(
      await programmed("message"),
      /The API server refuses Deployment parameters\/gate-gatewright: .*must be less than or equal to cpu limit/s,
    );
    await until("an Event", async () => /less than or equal to cpu/.test(await shop.kubectl("get", "events")), 15_000);
    await serves();
    await shop.apply(configMap("own", "replicas: 2"));
    await shop.programmed();
    await serves();
  });
});
