import assert from "node:assert/strict";
import { test } from "node:test";
import { ApplicationDeveloper } from "../../../lib/application-developer/application-developer.ts";
import { HTTPRoute } from "../../../lib/application-developer/http-route.ts";
import { TCPRoute } from "../../../lib/application-developer/tcp-route.ts";
import { ClusterOperator } from "../../../lib/cluster-operator/cluster-operator.ts";
import { Gateway } from "../../../lib/cluster-operator/gateway.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { sourceOf } from "../../../lib/findings/finding.ts";

const labels = { gateway: "acme-external" };
const all = [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } }] as const;
const same = [{ name: "http", protocol: "HTTP", port: 80 }] as const;

function tree(define: (bob: ClusterOperator, carol: ApplicationDeveloper) => void) {
  const { declared, findings } = objectsOf((scope) => {
    define(
      new ClusterOperator(scope, "bob", { namespace: "edge" }),
      new ApplicationDeveloper(scope, "carol", { namespace: "store" }),
    );
  });
  const route = declared.find(({ object }) => object.kind.endsWith("Route"))?.object;
  return { parentRefs: (route?.spec as { parentRefs?: unknown } | undefined)?.parentRefs, findings };
}

test("routes with the labels are bound at synth, whether they are made before or after the selection", () => {
  for (const routeFirst of [true, false]) {
    const { parentRefs, findings } = tree((bob, carol) => {
      const route = () => new HTTPRoute(carol, "route", { metadata: { labels } });
      if (routeFirst) route();
      new Gateway(bob, "external", { gatewayClassName: "lb", listeners: all }).selectRoutes({ matchLabels: labels });
      if (!routeFirst) route();
    });
    assert.deepEqual(parentRefs, [{ name: "external", namespace: "edge" }]);
    assert.deepEqual(findings, []);
  }
});

test("two Gateways may select the same route, beside those it refers to itself", () => {
  const { parentRefs } = tree((bob, carol) => {
    for (const name of ["external", "external-v2"]) {
      const gateway = new Gateway(bob, name, { gatewayClassName: "lb", listeners: all });
      gateway.selectRoutes({ matchLabels: labels });
      gateway.selectRoutes({ matchExpressions: [{ key: "gateway", operator: "Exists" }] });
    }
    new HTTPRoute(carol, "route", { metadata: { labels }, parentRefs: [{ name: "own" }] });
  });
  assert.deepEqual(parentRefs, [
    { name: "own" },
    { name: "external", namespace: "edge" },
    { name: "external-v2", namespace: "edge" },
  ]);
});

test("a route that refers to the Gateway already is left as it is, in any spelling of the reference", () => {
  for (const entry of [
    { name: "external", namespace: "edge", sectionName: "http" },
    { group: "gateway.networking.k8s.io", kind: "Gateway", name: "external", namespace: { produce: () => "edge" } },
  ]) {
    const { parentRefs } = tree((bob, carol) => {
      new Gateway(bob, "external", { gatewayClassName: "lb", listeners: all }).selectRoutes({ matchLabels: labels });
      new HTTPRoute(carol, "route", { metadata: { labels }, parentRefs: [entry] });
    });
    assert.equal((parentRefs as unknown[]).length, 1);
  }
});

test("a route of that name in another namespace or of another kind is no reference to the Gateway", () => {
  for (const entry of [{ name: "external" }, { kind: "ListenerSet", name: "external", namespace: "edge" }]) {
    const { parentRefs } = tree((bob, carol) => {
      new Gateway(bob, "external", { gatewayClassName: "lb", listeners: all }).selectRoutes({ matchLabels: labels });
      new HTTPRoute(carol, "route", { metadata: { labels }, parentRefs: [entry] });
    });
    assert.equal((parentRefs as unknown[]).length, 2);
  }
});

test("a route without the labels is not bound, and nothing is said", () => {
  const { parentRefs, findings } = tree((bob, carol) => {
    new Gateway(bob, "external", { gatewayClassName: "lb", listeners: all }).selectRoutes({ matchLabels: labels });
    new HTTPRoute(carol, "route", { metadata: { labels: { gateway: "other" } } });
  });
  assert.equal(parentRefs, undefined);
  assert.deepEqual(findings, []);
});

test("a selected route that no listener admits by namespace or kind is not bound, and a note says so", () => {
  const byNamespace = tree((bob, carol) => {
    new Gateway(bob, "external", { gatewayClassName: "lb", listeners: same }).selectRoutes({ matchLabels: labels });
    new HTTPRoute(carol, "route", { metadata: { labels } });
  });
  const byKind = tree((bob, carol) => {
    new Gateway(bob, "external", { gatewayClassName: "lb", listeners: all }).selectRoutes({ matchLabels: labels });
    new TCPRoute(carol, "route", { metadata: { labels }, rules: [{ backendRefs: [{ name: "a", port: 1 }] }] });
  });
  for (const { parentRefs, findings } of [byNamespace, byKind]) {
    assert.equal(parentRefs, undefined);
    assert.deepEqual(
      findings.map(({ code, severity, origin }) => [code, severity, origin && sourceOf(origin)]),
      [["GW1401", "note", "carol/route"]],
    );
    assert.match(findings[0]?.message ?? "", /^The Gateway at bob\/external selects this/);
  }
});

test("one listener that admits is enough, and a selector reads the namespace's own label", () => {
  const { parentRefs } = tree((bob, carol) => {
    const gateway = new Gateway(bob, "external", {
      gatewayClassName: "lb",
      listeners: [
        ...same,
        {
          name: "stores",
          protocol: "HTTP",
          port: 8080,
          allowedRoutes: {
            namespaces: { from: "Selector", selector: { matchLabels: { "kubernetes.io/metadata.name": "store" } } },
          },
        },
      ],
    });
    gateway.selectRoutes({ matchLabels: labels });
    new HTTPRoute(carol, "route", { metadata: { labels } });
  });
  assert.deepEqual(parentRefs, [{ name: "external", namespace: "edge" }]);
});

test("a namespace that the tree does not declare is taken to have the labels that a listener selects", () => {
  const { parentRefs, findings } = tree((bob, carol) => {
    const namespaces = { from: "Selector" as const, selector: { matchLabels: { team: "store" } } };
    const listeners = [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces } }];
    new Gateway(bob, "external", { gatewayClassName: "lb", listeners }).selectRoutes({ matchLabels: labels });
    new HTTPRoute(carol, "route", { metadata: { labels } });
  });
  assert.deepEqual(parentRefs, [{ name: "external", namespace: "edge" }]);
  assert.deepEqual(findings, []);
});

test("namespaces that are not known yet are the same only if they are one value", () => {
  const namespace = { apply: () => undefined };
  for (const [own, bound] of [
    [namespace, true],
    [{ apply: () => undefined }, false],
  ] as const) {
    const { declared } = objectsOf((scope) => {
      const bob = new ClusterOperator(scope, "bob", { namespace });
      const carol = new ApplicationDeveloper(scope, "carol", { namespace: own });
      new Gateway(bob, "external", { gatewayClassName: "lb", listeners: same }).selectRoutes({ matchLabels: labels });
      new HTTPRoute(carol, "route", { metadata: { labels } });
    });
    const spec = declared[1]?.object.spec as { parentRefs?: unknown[] };
    assert.equal(spec.parentRefs?.length === 1, bound);
  }
});
