import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, suite, test } from "node:test";
import { stringify } from "yaml";
import { childName } from "../../../proxy/control/cluster/infrastructure/names.ts";
import { ask, askOften } from "./ask.ts";
import { type Cluster, type OwnCluster, otherCluster } from "./cluster.ts";
import { led } from "./controllers.ts";
import { installMultiClusterServices } from "./mcs-crds.ts";
import { closeShop, openShop } from "./open-shop.ts";
import { until } from "./rig/run.ts";
import type { Shop } from "./shop.ts";

const system = ["--namespace", "gatewright-system"];
const account = "system:serviceaccount:gatewright-system:gatewright-controller";

suite("what gatewright synth --install writes, applied to a cluster,", { skip: otherCluster() }, () => {
  let cluster: Cluster;
  let own: OwnCluster;
  let shop: Shop;
  let address: string;
  before(async () => {
    ({ cluster, own, shop } = await openShop("installation", installMultiClusterServices));
    address = await shop.address();
  });
  after(() => closeShop(cluster, shop));

  test("serves a Gateway on its own ports, by HTTP and HTTPS, with two proxies", async () => {
    assert.equal((await ask(own, `http://${address}/`)).status, 200);
    assert.equal((await ask(own, `https://${address}/`)).status, 200);
    assert.equal((await shop.proxies()).length, 2);
    assert.equal(await shop.field("deployment/gate-gatewright", ".status.readyReplicas"), "2");
  });

  test("brings a change of a route to the proxies", async () => {
    await shop.apply(shop.route("changed"));
    await shop.answers("changed");
  });

  test("serves a certificate that replaces another, and never stops", async () => {
    const certificate = shop.certificate() as { readonly stringData: { readonly "tls.crt": string } };
    const { fingerprint256 } = new X509Certificate(certificate.stringData["tls.crt"]);
    assert.notEqual((await ask(own, `https://${address}/`)).fingerprint, fingerprint256);
    await shop.apply(certificate);
    await until(
      "The new certificate from every proxy",
      async () => {
        const answers = await askOften(own, `https://${address}/`, 10);
        assert.ok(answers.every(({ status }) => status === 200));
        return answers.every(({ fingerprint }) => fingerprint === fingerprint256);
      },
      20_000,
    );
  });

  test("runs as nobody, on file systems that cannot be written to", async () => {
    const script = `let refused; try { require("fs").writeFileSync("/written", ""); } catch ({ code }) { refused = code; }
      console.log(JSON.stringify({ uid: process.getuid(), refused }));`;
    const leader = [...system, "exec", await led(cluster)];
    const [proxy = ""] = await shop.proxies();
    for (const pod of [leader, ["--namespace", shop.namespace, "exec", proxy]]) {
      const printed = JSON.parse(await cluster.kubectl([...pod, "--", "node", "--eval", script]));
      assert.deepEqual(printed, { uid: 65_532, refused: "EROFS" });
    }
  });

  test("has budgets that let one pod go, a policy of its network, and probes", async () => {
    const allowed = "--output=jsonpath={.items[*].status.disruptionsAllowed}";
    const isAllowed = async (...where: readonly string[]) =>
      (await cluster.kubectl([...where, "get", "poddisruptionbudgets", allowed])) === "1";
    await until("A budget for the controllers", () => isAllowed(...system), 20_000);
    await until("A budget for the proxies", () => isAllowed("--namespace", shop.namespace), 20_000);
    const policies = await cluster.kubectl([...system, "get", "networkpolicies", "--output=name"]);
    assert.equal(policies.trim(), "networkpolicy.networking.k8s.io/gatewright-controller");
    const probes =
      "{.items[*].spec.template.spec.containers[*]['readinessProbe','livenessProbe','startupProbe'].httpGet.path}";
    for (const where of [
      system,
      ["--namespace", shop.namespace, "--selector=app.kubernetes.io/name=gatewright-proxy"],
    ]) {
      const paths = await cluster.kubectl([...where, "get", "deployments", `--output=jsonpath=${probes}`]);
      assert.equal(paths, "/readyz /healthz /healthz");
    }
  });

  test("may do what it does, and no more", async () => {
    const allowed = ["list httproutes.gateway.networking.k8s.io", "patch gateways.gateway.networking.k8s.io/status"];
    const refused = [
      ...["* *", "create secrets", "update secrets", "patch secrets", "get secrets", "delete secrets"],
      ...["create pods", "delete pods", "delete gateways.gateway.networking.k8s.io", "patch nodes", "get pods/exec"],
      ...["create clusterroles.rbac.authorization.k8s.io", "create rolebindings.rbac.authorization.k8s.io"],
      ...["impersonate users", "create serviceaccounts/token", "update gateways.gateway.networking.k8s.io"],
    ];
    const answers = (questions: readonly string[], namespace: string) =>
      Promise.all(questions.map(async (question) => [question, await may(question, namespace)]));
    assert.deepEqual(
      await answers(allowed, shop.namespace),
      allowed.map((question) => [question, true]),
    );
    assert.deepEqual(
      await answers(refused, shop.namespace),
      refused.map((question) => [question, false]),
    );
    const read = await cluster.kubectl(["get", "clusterrole/gatewright-controller", "--output=jsonpath={.rules}"]);
    assert.doesNotMatch(read, /"\*"/);
    const own = ["update", "get"].map((verb) => `${verb} secrets`);
    assert.deepEqual(
      await answers(own, "gatewright-system"),
      own.map((question) => [question, false]),
    );
  });

  /** Returns whether the API server lets the controller's account do something, given as verb and resource. */
  async function may(question: string, namespace: string): Promise<boolean> {
    const [verb, name = ""] = question.split(" ");
    const [plural = "", subresource] = name.split("/");
    const [resource, ...group] = plural.split(".");
    const resourceAttributes = {
      ...{ verb, resource, group: name === "*" ? "*" : group.join("."), namespace },
      ...(subresource !== undefined && { subresource }),
    };
    const spec = { user: account, groups: ["system:serviceaccounts", "system:authenticated"], resourceAttributes };
    const review = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec };
    const answer = await cluster.kubectl(["create", "--filename=-", "--output=json"], { stdin: stringify(review) });
    return JSON.parse(answer).status.allowed === true;
  }

  test("sends to endpoints that are ready, and to those that end only when there are no others", async () => {
    const pods = await podsOfBackend();
    const [[first, firstAddress], [second, secondAddress]] = pods as [[string, string], [string, string]];
    const ready = { ready: true, serving: true, terminating: false };
    const ending = { ready: false, serving: true, terminating: true };
    const unready = { ready: false, serving: false, terminating: false };
    const slice = (a: object, b: object) =>
      endpointSlice("by-hand", { "kubernetes.io/service-name": "by-hand" }, [
        { addresses: [firstAddress], conditions: a },
        { addresses: [secondAddress], conditions: b },
      ]);
    const service = { ...named("v1", "Service", "by-hand"), spec: { ports: [{ port: 8080, targetPort: 3000 }] } };
    await shop.apply(service, slice(ready, ready), path("by-hand", { name: "by-hand", port: 8080 }));
    await answerers("by-hand", [first, second]);
    await shop.apply(slice(ready, unready));
    await answerers("by-hand", [first]);
    await shop.apply(slice(ending, ready));
    await answerers("by-hand", [second]);
    await shop.apply(slice(ending, unready));
    await answerers("by-hand", [first]);
    await shop.apply(slice(unready, unready));
    await until(
      "An answer without endpoints",
      async () => (await ask(own, `http://${address}/by-hand`)).status === 503,
      20_000,
    );
  });

  test("sends to headless Services, named ports, and ServiceImports", async () => {
    const pods = await podsOfBackend();
    const names = pods.map(([name]) => name);
    const ports = [{ name: "web", port: 9090, targetPort: "http" }];
    const headless = { clusterIP: "None", selector: { app: "backend" }, ports };
    const imported = { type: "ClusterSetIP", ports: [{ name: "", port: 8080, protocol: "TCP" }] };
    const labels = { "multicluster.kubernetes.io/service-name": "imported" };
    const endpoints = pods.map(([, ip]) => ({ addresses: [ip], conditions: { ready: true } }));
    const group = "multicluster.x-k8s.io";
    await shop.apply(
      { ...named("v1", "Service", "headless"), spec: headless },
      { ...named(`${group}/v1alpha1`, "ServiceImport", "imported"), spec: imported },
      endpointSlice("imported", labels, endpoints),
      path("headless", { name: "headless", port: 9090 }),
      path("imported", { group, kind: "ServiceImport", name: "imported", port: 8080 }),
    );
    await answerers("headless", names);
    await answerers("imported", names);
  });

  test("says of its class that the cluster has the release of the Gateway API that it knows", async () => {
    const condition = (field: string) =>
      cluster.kubectl([
        "get",
        "gatewayclass/gatewright",
        `--output=jsonpath={.status.conditions[?(@.type=="SupportedVersion")].${field}}`,
      ]);
    await until("told", async () => (await condition("reason")) === "SupportedVersion", 30_000);
    assert.equal(await condition("status"), "True");
  });

  test("serves a Gateway whose name is as long as a name can be", async () => {
    const name = `long.${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(65)}`;
    assert.equal(name.length, 253);
    const child = childName(name, "gatewright");
    await shop.apply(shop.gateway(name), shop.route("long", { name: "long", parents: [name] }));
    try {
      await shop.programmed(name);
      await shop.rolledOut(child);
      assert.equal(await shop.field(`service/${child}`, ".metadata.ownerReferences[0].name"), name);
      const long = `http://${await shop.address(name)}/`;
      await until("its answers", async () => (await ask(own, long)).version === "long", 30_000);
    } finally {
      await shop.kubectl("delete", `gateway/${name}`, "httproute/long", "--wait=false");
    }
  });

  test("is refused nothing by the API server", async () => {
    const logs = await cluster.kubectl([...system, "logs", await led(cluster)]);
    assert.match(logs, /"leading"/);
    // foreign-objects.test.ts has objects in the way on purpose.
    const lines = logs.split("\n").filter((line) => !line.includes('"namespace":"foreign"'));
    assert.doesNotMatch(lines.join("\n"), /forbidden|"error"/i);
  });

  test("takes all down that a Gateway had when it is deleted", async () => {
    const kinds = "deployments,services,serviceaccounts,configmaps,poddisruptionbudgets,pods";
    const children = async () =>
      (await shop.kubectl("get", kinds, "--selector=app.kubernetes.io/managed-by=gatewright", "--output=name")).trim();
    assert.notEqual(await children(), "");
    await shop.kubectl("delete", "gateway", "gate", "--wait");
    await until("The end of what the Gateway had", async () => (await children()) === "", 60_000, 500);
  });

  async function podsOfBackend(): Promise<readonly (readonly [string, string])[]> {
    const list = JSON.parse(await shop.kubectl("get", "pods", "--selector=app=backend", "--output=json"));
    return list.items.map(({ metadata, status }: Pod) => [metadata.name, status.podIP] as const);
  }

  /** Waits until exactly these pods answer at a path. */
  async function answerers(at: string, expected: readonly string[]): Promise<void> {
    const wanted = [...expected].sort().join();
    await until(
      `Answers at /${at} from ${wanted}`,
      async () => {
        const answers = await askOften(own, `http://${address}/${at}`, 12);
        return [...new Set(answers.map(({ pod = "nobody" }) => pod))].sort().join() === wanted;
      },
      40_000,
    );
  }

  function named(apiVersion: string, kind: string, name: string) {
    return { apiVersion, kind, metadata: { name, namespace: shop.namespace } };
  }

  function path(at: string, backend: object): object {
    const matches = [{ path: { type: "PathPrefix", value: `/${at}` } }];
    const spec = { parentRefs: [{ name: "gate" }], rules: [{ matches, backendRefs: [backend] }] };
    return { ...named("gateway.networking.k8s.io/v1", "HTTPRoute", at), spec };
  }

  function endpointSlice(name: string, labels: object, endpoints: readonly object[]): object {
    const { metadata, ...kind } = named("discovery.k8s.io/v1", "EndpointSlice", name);
    const ports = [{ name: "", port: 3000, protocol: "TCP" }];
    return { ...kind, metadata: { ...metadata, labels }, addressType: "IPv4", endpoints, ports };
  }
});

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: { readonly podIP: string };
}
