import assert from "node:assert/strict";
import { test } from "node:test";
import { ApplicationDeveloper } from "../../../lib/application-developer/application-developer.ts";
import { HTTPRoute } from "../../../lib/application-developer/http-route.ts";
import { ReferenceGrant } from "../../../lib/application-developer/reference-grant.ts";
import { ClusterOperator } from "../../../lib/cluster-operator/cluster-operator.ts";
import { Gateway } from "../../../lib/cluster-operator/gateway.ts";
import { ListenerSet } from "../../../lib/cluster-operator/listener-set.ts";
import { secret } from "../../../lib/constructs/core-objects.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { GatewayClass } from "../../../lib/infrastructure-provider/gateway-class.ts";

const listeners = [
  { name: "http", protocol: "HTTP", port: 80 },
  { name: "https", protocol: "HTTPS", port: 443, tls: { certificateRefs: [secret("acme-tls")] } },
] as const;

/** Returns the specs of a program, by kind. */
function specs(define: (bob: ClusterOperator, carol: ApplicationDeveloper) => void): Record<string, unknown> {
  const { declared, findings } = objectsOf((scope) => {
    define(
      new ClusterOperator(scope, "bob", { namespace: "edge" }),
      new ApplicationDeveloper(scope, "carol", { namespace: "store" }),
    );
  });
  assert.deepEqual(findings, []);
  return Object.fromEntries(declared.map(({ object }) => [object.kind, object.spec]));
}

test("a Gateway stands for a parentRef, whole or by listener or spread", () => {
  const { HTTPRoute: spec } = specs((bob, carol) => {
    const gateway = new Gateway(bob, "external", { gatewayClassName: "lb", listeners });
    new HTTPRoute(carol, "route", {
      parentRefs: [gateway, gateway.listener("https"), { ...gateway.parentRef, port: 80 }, { name: "plain" }],
    });
  });
  assert.deepEqual(spec, {
    parentRefs: [
      { name: "external", namespace: "edge" },
      { name: "external", namespace: "edge", sectionName: "https" },
      { name: "external", namespace: "edge", port: 80 },
      { name: "plain" },
    ],
  });
});

test("a listener that the Gateway does not have is refused, with those it has", () => {
  const { findings } = objectsOf((scope) => {
    const bob = new ClusterOperator(scope, "bob");
    new Gateway(bob, "external", { gatewayClassName: "lb", listeners }).listener("htttp");
  });
  assert.deepEqual(
    findings.map(({ code, message, origin }) => [code, message, origin && "construct" in origin && origin.construct]),
    [["GW1007", 'this Gateway has no listener "htttp". Its listeners are "http", "https".', "bob/external"]],
  );
});

test("a Gateway of others is referred to by name, in its namespace or in that of the route", () => {
  const { HTTPRoute: spec } = specs((_, carol) => {
    const gateway = Gateway.fromName("external", { namespace: "edge" });
    new HTTPRoute(carol, "route", { parentRefs: [gateway, gateway.listener("http"), Gateway.fromName("local")] });
  });
  assert.deepEqual(spec, {
    parentRefs: [
      { name: "external", namespace: "edge" },
      { name: "external", namespace: "edge", sectionName: "http" },
      { name: "local" },
    ],
  });
});

test("a ListenerSet refers to its Gateway, and routes to the ListenerSet with its kind", () => {
  const found = specs((bob, carol) => {
    const gateway = new Gateway(bob, "external", { gatewayClassName: "lb", listeners });
    const set = new ListenerSet(carol, "extra", { parentRef: gateway, listeners });
    new HTTPRoute(carol, "route", { parentRefs: [set, set.listener("http"), ListenerSet.fromName("theirs")] });
  });
  assert.deepEqual((found.ListenerSet as { parentRef: unknown }).parentRef, { name: "external", namespace: "edge" });
  const group = "gateway.networking.k8s.io";
  assert.deepEqual(found.HTTPRoute, {
    parentRefs: [
      { group, kind: "ListenerSet", name: "extra", namespace: "store" },
      { group, kind: "ListenerSet", name: "extra", namespace: "store", sectionName: "http" },
      { group, kind: "ListenerSet", name: "theirs" },
    ],
  });
});

test("a GatewayClass of others stands for gatewayClassName; so do a name and a late name", () => {
  for (const gatewayClassName of [GatewayClass.fromName("lb"), "lb", { produce: () => "lb" }]) {
    const { Gateway: spec } = specs((bob) => new Gateway(bob, "external", { gatewayClassName, listeners }));
    assert.equal((spec as { gatewayClassName: unknown }).gatewayClassName, "lb");
  }
});

test("a grant takes the objects that refer, and names their group, kind and namespace", () => {
  const { ReferenceGrant: spec } = specs((bob, carol) => {
    const gateway = new Gateway(bob, "external", { gatewayClassName: "lb", listeners });
    new ReferenceGrant(carol, "grant", {
      from: [gateway, { group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "cart" }],
      to: [secret("acme-tls")],
    });
  });
  assert.deepEqual(spec, {
    from: [
      { group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "edge" },
      { group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "cart" },
    ],
    to: [{ group: "", kind: "Secret", name: "acme-tls" }],
  });
});

test("a late namespace stays late in the references to what is in it", () => {
  const namespace = { apply: () => undefined };
  const { declared } = objectsOf((scope) => {
    const bob = new ClusterOperator(scope, "bob", { namespace });
    const gateway = new Gateway(bob, "external", { gatewayClassName: "lb", listeners });
    new HTTPRoute(new ApplicationDeveloper(scope, "carol"), "route", { parentRefs: [gateway] });
  });
  const spec = declared[1]?.object.spec as { parentRefs: { namespace: unknown }[] };
  const late = declared[0]?.object.metadata.namespace;
  assert.equal(String(late), "(late 1)");
  assert.equal(spec.parentRefs[0]?.namespace, late);
});
