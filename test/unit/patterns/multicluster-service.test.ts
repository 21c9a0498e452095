import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ApplicationDeveloper, ClusterOperator, DeclarationError, Gateway, HTTPRoute } from "gatewright";
import { MulticlusterService } from "gatewright/patterns";
import { simulate } from "gatewright/testing";
import { check } from "../../../lib/analysis/check/check.ts";
import { load } from "../../../lib/api/load/load.ts";
import { objectsOf, PlainTree } from "../../../lib/engines/objects.ts";
import { emit } from "../../../lib/targets/yaml.ts";

const store = new MulticlusterService("acme-store", { namespace: "store", port: 8080 });

function carolIn(tree: PlainTree, namespace = "store"): ApplicationDeveloper {
  return new ApplicationDeveloper(tree, "store", { namespace });
}

describe("a Service of several clusters", () => {
  it("is exported by its name from each, and imported by the same where nobody else does that", () => {
    const program = objectsOf((scope) => {
      const carol = new ApplicationDeveloper(scope, "store", { namespace: "store" });
      store.exportFrom(carol);
      store.importInto(carol);
    });
    assert.deepEqual(program.findings, []);
    assert.equal(
      emit(program.declared),
      `apiVersion: multicluster.x-k8s.io/v1alpha1
kind: ServiceExport
metadata:
  name: acme-store
  namespace: store
---
apiVersion: multicluster.x-k8s.io/v1alpha1
kind: ServiceImport
metadata:
  name: acme-store
  namespace: store
spec:
  ports:
    - port: 8080
      protocol: TCP
  type: ClusterSetIP
`,
    );
  });

  it("says of the import what it is told, such as addresses", () => {
    const spec = store.importInto(carolIn(new PlainTree()), { ips: ["10.101.246.195"], type: "Headless" }).toSpec();
    assert.deepEqual(spec, { type: "Headless", ports: [{ port: 8080, protocol: "TCP" }], ips: ["10.101.246.195"] });
  });

  it("stands beside a route of the same name", () => {
    const carol = carolIn(new PlainTree());
    store.exportFrom(carol);
    store.importInto(carol);
    new HTTPRoute(carol, "acme-store", { rules: [{ backendRefs: [store.backendRef] }] });
    assert.equal(carol.node.children.length, 3);
  });

  it("is a backend of routes, which a check follows to the import", () => {
    const program = (port: number) =>
      objectsOf((scope) => {
        const bob = new ClusterOperator(scope, "edge", { namespace: "store" });
        const gateway = new Gateway(bob, "g", {
          gatewayClassName: "c",
          listeners: [{ name: "http", protocol: "HTTP", port: 80 }],
        });
        const carol = new ApplicationDeveloper(scope, "store", { namespace: "store" });
        store.importInto(carol, { ports: [{ port }] });
        new HTTPRoute(carol, "r", { parentRefs: [gateway], rules: [{ backendRefs: [store.backendRef] }] });
      });
    const answer = simulate(program(8080).declared).get("http://acme.io/");
    assert.deepEqual(answer.backends, { "ServiceImport:store/acme-store:8080": 1 });
    const findings = check(load([{ name: "p", ...program(80) }], { channel: "standard" }), { only: "attachment" });
    assert.deepEqual(
      findings.filter(({ severity }) => severity === "error").map(({ code }) => code),
      ["GW2413"],
    );
  });

  it("has a name for each cluster where routes tell them apart", () => {
    const { east, west } = MulticlusterService.perCluster("store", {
      clusters: ["east", "west"],
      namespace: "store",
      port: 80,
    });
    assert.deepEqual([east.name, west.name, west.port, west.namespace], ["store-east", "store-west", 80, "store"]);
    // @ts-expect-error there is no such cluster
    assert.equal(MulticlusterService.perCluster("s", { clusters: ["east"], namespace: "n", port: 1 }).north, undefined);
  });

  it("is the same namespace in every cluster: another one's scope is refused", () => {
    const ways = [
      (carol: ApplicationDeveloper) => store.exportFrom(carol),
      (carol: ApplicationDeveloper) => store.importInto(carol),
    ];
    for (const declare of ways) {
      assert.throws(
        () => declare(carolIn(new PlainTree("acme"), "shop")),
        (error) =>
          error instanceof DeclarationError &&
          error.construct === "acme/store" &&
          /in namespace store, the same in every cluster, but this scope is in shop/.test(error.problem),
      );
    }
    assert.throws(() => store.exportFrom(new ApplicationDeveloper(new PlainTree(), "store")), /this scope is in none/);
    const later = { produce: () => "store" };
    assert.ok(store.exportFrom(new ApplicationDeveloper(new PlainTree(), "store", { namespace: later })));
  });
});
