import assert from "node:assert/strict";
import { test } from "node:test";
import * as cdk8s from "cdk8s";
import * as cdktf from "cdktf";
import { GatewayChart } from "../../../lib/cdk8s.ts";
import { GatewayStack } from "../../../lib/cdktf.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import {
  ApplicationDeveloper,
  ClusterOperator,
  KubernetesObject,
  type KubernetesObjectProps,
  Namespace,
  Service,
  service,
} from "../../../lib/index.ts";
import { terraformFiles } from "../../../lib/targets/terraform/terraform.ts";
import { emit } from "../../../lib/targets/yaml.ts";
import { simulate } from "../../../lib/testing/index.ts";
import { shop, shopObjects } from "./shop.ts";

/** Returns the objects outside the Gateway API, by kind. */
function others(objects: readonly object[]): Readonly<Record<string, object>> {
  return Object.fromEntries(
    objects.flatMap((object) => {
      const { kind } = object as { kind: string };
      return Object.hasOwn(shopObjects, kind) ? [[kind, object]] : [];
    }),
  );
}

test("a program of any objects is written by every target as it is given", () => {
  const { declared, findings } = objectsOf(shop);
  assert.deepEqual(findings, []);
  assert.deepEqual(others(JSON.parse(JSON.stringify(declared.map(({ object }) => object)))), shopObjects);

  const chart = new GatewayChart(new cdk8s.App(), "chart");
  shop(chart);
  assert.deepEqual(others(cdk8s.Testing.synth(chart) as object[]), shopObjects);

  const modules = terraformFiles(declared, { wait: true }).map(({ path, text }) => ({ path, main: JSON.parse(text) }));
  const manifests = (main: { resource: { kubernetes_manifest: object } }) =>
    Object.values(main.resource.kubernetes_manifest).map(({ manifest }: { manifest: object }) => manifest);
  assert.deepEqual(others(modules.flatMap(({ main }) => manifests(main))), shopObjects);
  assert.deepEqual(
    modules.map(({ path, main }) => [path, Object.keys(others(manifests(main)))]),
    [
      ["2-infrastructure-provider/main.tf.json", ["StorageClass"]],
      ["3-cluster-operator/main.tf.json", ["Namespace"]],
      ["4-application-developer/main.tf.json", ["ConfigMap", "Service"]],
    ],
  );

  const stack = new GatewayStack(new cdktf.App({ outdir: "unused" }), "stack");
  shop(stack);
  const main = JSON.parse(cdktf.Testing.synth(stack, false)) as { resource: { kubernetes_manifest: object } };
  assert.deepEqual(others(manifests(main)), shopObjects);

  assert.match(emit(declared), /kind: Namespace\nmetadata:\n {2}labels:\n {4}team: store\n {2}name: store\n---/);
});

test("a declared Namespace binds routes by its labels, and the declared Service is the backend", () => {
  assert.deepEqual(simulate(shop).get("http://any/").backends, { "store/web:8080": 1 });
  const { declared } = objectsOf((scope) => {
    shop(scope);
    const bob = new ClusterOperator(scope, "dave", { namespace: "edge" });
    new Namespace(bob, "lab");
  });
  const route = declared.find(({ object }) => object.kind === "HTTPRoute")?.object.spec as { parentRefs?: unknown };
  assert.deepEqual(route.parentRefs, [{ name: "external", namespace: "edge" }]);
});

test("service() takes the only port of a Service, or one that it has", () => {
  const [one, two] = [[{ port: 80 }], [{ port: 80 }, { name: "admin", port: 9000 }]];
  const made = (ports: readonly { readonly port: number }[], port?: number) => {
    const { defined, findings } = objectsOf((scope) =>
      service(new Service(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "web", { ports }), port),
    );
    return defined ?? findings.map(({ code, message }) => `${code} ${message}`);
  };
  assert.deepEqual(made(one), { name: "web", namespace: "store", port: 80 });
  assert.deepEqual(made(two, 9000), { name: "web", namespace: "store", port: 9000 });
  assert.deepEqual(made(two), [
    "GW1007 Service web has the ports 80, 9000: name the one to send to, as in service(web, 8080).",
  ]);
  assert.deepEqual(made(one, 81), ["GW1007 Service web has no port 81; its ports: 80."]);
});

test("kinds without a namespace are known for Kubernetes itself, and told for CRDs", () => {
  const namespaceOf = (props: KubernetesObjectProps) =>
    objectsOf(
      (scope) => new KubernetesObject(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "x", props),
    ).declared[0]?.object.metadata.namespace;
  assert.equal(namespaceOf({ apiVersion: "v1", kind: "ConfigMap" }), "store");
  assert.equal(namespaceOf({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", rules: [] }), undefined);
  assert.equal(namespaceOf({ apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", spec: {} }), "store");
  assert.equal(
    namespaceOf({ apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", clusterScoped: true, spec: {} }),
    undefined,
  );
});

test("what has a construct, or cannot be an object, is refused with what to write", () => {
  for (const [props, problem] of [
    [{ apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway" }, /has a construct of its own: write new Gateway/],
    [{ apiVersion: "gateway.networking.k8s.io/v1beta1", kind: "HTTPRoute" }, /write new HTTPRoute/],
    [{ apiVersion: "v1", kind: "Namespace" }, /write new Namespace\(…\) in a class that extends ClusterOperator/],
    [{ apiVersion: "v1", kind: "Service" }, /write new Service\(…\) in a class that extends ApplicationDeveloper/],
    [{ kind: "ConfigMap" }, /apiVersion is missing/],
    [{ apiVersion: "v1", kind: "" }, /kind is ""/],
    [{ apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "x" } }, /Give the namespace to the scope/],
    [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "X Y" } }, /cannot be metadata.name of a ConfigMap/],
    [undefined, /needs the object as third argument, but got undefined/],
  ] as const) {
    const { findings } = objectsOf(
      (scope) => new KubernetesObject(new ApplicationDeveloper(scope, "carol"), "x", props as never),
    );
    assert.equal(findings[0]?.code, "GW1007");
    assert.match(findings[0]?.message ?? "", problem);
  }
  const { findings } = objectsOf(
    (scope) => new KubernetesObject(scope as never, "x", { apiVersion: "v1", kind: "ConfigMap" }),
  );
  assert.match(findings[0]?.message ?? "", /belongs to an InfrastructureProvider or a ClusterOperator or an App/);
});

test("late values in a generic object are resolved by cdk8s, and reported where a manifest is written", () => {
  const define = (scope: ConstructorParameters<typeof ApplicationDeveloper>[0]) =>
    new KubernetesObject(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "x", {
      apiVersion: "v1",
      kind: "ConfigMap",
      data: { colour: { produce: () => "blue" } },
    });
  const chart = new GatewayChart(new cdk8s.App(), "chart");
  define(chart);
  assert.deepEqual((cdk8s.Testing.synth(chart)[0] as { data: unknown }).data, { colour: "blue" });
  assert.deepEqual(objectsOf(define).declared[0]?.object.data, { colour: "blue" });
});
