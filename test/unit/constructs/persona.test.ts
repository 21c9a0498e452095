import assert from "node:assert/strict";
import { test } from "node:test";
import { Construct, RootConstruct } from "constructs";
import { ApplicationDeveloper } from "../../../lib/application-developer/application-developer.ts";
import { HTTPRoute } from "../../../lib/application-developer/http-route.ts";
import { ReferenceGrant } from "../../../lib/application-developer/reference-grant.ts";
import { ClusterOperator } from "../../../lib/cluster-operator/cluster-operator.ts";
import { Gateway } from "../../../lib/cluster-operator/gateway.ts";
import { ListenerSet } from "../../../lib/cluster-operator/listener-set.ts";
import { DeclarationError } from "../../../lib/constructs/declaration-error.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { GatewayClass } from "../../../lib/infrastructure-provider/gateway-class.ts";
import { InfrastructureProvider } from "../../../lib/infrastructure-provider/infrastructure-provider.ts";

const listeners = [{ name: "http", protocol: "HTTP", port: 80 }] as const;

/** Returns the error that the program throws in a plain tree. */
function thrownBy(define: (scope: Construct) => unknown): Error {
  let thrown: unknown;
  objectsOf((scope) => {
    try {
      define(scope);
    } catch (error) {
      thrown = error;
    }
  });
  assert.ok(thrown instanceof Error, "the program did not throw");
  return thrown;
}

test("each persona makes its own kinds, and ListenerSets and ReferenceGrants belong to two", () => {
  const { declared, findings } = objectsOf((scope) => {
    const alice = new InfrastructureProvider(scope, "alice");
    const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
    const carol = new ApplicationDeveloper(scope, "carol", { namespace: "store" });
    const gatewayClass = new GatewayClass(alice, "lb", { controllerName: "acme.io/gateway-controller" });
    const gateway = new Gateway(bob, "gateway", { gatewayClassName: gatewayClass, listeners });
    for (const owner of [bob, carol]) {
      new ListenerSet(owner, "listeners", { parentRef: gateway, listeners });
      new ReferenceGrant(owner, "grant", { from: [gateway], to: [{ group: "", kind: "Secret" }] });
    }
    new HTTPRoute(carol, "route", { parentRefs: [gateway] });
  });
  assert.deepEqual(findings, []);
  assert.deepEqual(
    declared.map(({ object }) => `${object.kind} ${object.metadata.namespace ?? "-"}/${object.metadata.name}`),
    [
      "GatewayClass -/lb",
      "Gateway edge/gateway",
      "ListenerSet edge/listeners",
      "ReferenceGrant edge/grant",
      "ListenerSet store/listeners",
      "ReferenceGrant store/grant",
      "HTTPRoute store/route",
    ],
  );
});

test("in JavaScript, a Gateway in a developer's scope throws, naming both paths and what to do", () => {
  const error = thrownBy((scope) => {
    const carol = new ApplicationDeveloper(scope, "carol");
    new Gateway(carol as never, "gateway", { gatewayClassName: "lb", listeners });
  });
  assert.ok(error instanceof DeclarationError);
  assert.equal(error.construct, "carol/gateway");
  assert.equal(
    error.message,
    'carol/gateway: a Gateway belongs to a ClusterOperator scope, but it is made in "carol", which is an ' +
      "ApplicationDeveloper scope. Make it in a class that extends ClusterOperator, and hand it to " +
      '"carol" as a prop.',
  );
});

test("a kind of two personas names both when it is made in the third's scope", () => {
  const error = thrownBy((scope) => {
    const alice = new InfrastructureProvider(scope, "alice");
    new ReferenceGrant(alice as never, "grant", { from: [], to: [] });
  });
  assert.match(error.message, /belongs to a ClusterOperator or an ApplicationDeveloper scope/);
  assert.match(error.message, /which is an InfrastructureProvider scope/);
});

test("a scope that no persona owns, and no scope at all, are refused", () => {
  const inPlainConstruct = thrownBy((scope) => {
    new HTTPRoute(new Construct(scope, "plain") as never, "route", {});
  });
  assert.match(inPlainConstruct.message, /^plain\/route: .* made in "plain", which no persona owns/);
  const inNothing = thrownBy(() => new HTTPRoute(undefined as never, "route", {}));
  assert.match(inNothing.message, /needs an ApplicationDeveloper scope as its first argument, but got undefined/);
});

test("a refused construct leaves nothing in the tree", () => {
  const { declared } = objectsOf((scope) => {
    const carol = new ApplicationDeveloper(scope, "carol");
    assert.throws(() => new Gateway(carol as never, "gateway", { gatewayClassName: "lb", listeners }));
    assert.deepEqual(carol.node.children, []);
  });
  assert.deepEqual(declared, []);
});

test("a nested scope inherits the namespace, its own wins, and cluster-scoped kinds have none", () => {
  const { declared } = objectsOf((scope) => {
    const outer = new ApplicationDeveloper(scope, "outer", { namespace: "store" });
    const inner = new ApplicationDeveloper(new Construct(outer, "between"), "inner");
    const other = new ApplicationDeveloper(inner, "other", { namespace: "cart" });
    assert.equal(inner.namespace, "store");
    new HTTPRoute(inner, "inherited", {});
    new HTTPRoute(other, "own", {});
    new GatewayClass(new InfrastructureProvider(scope, "alice", { namespace: "platform" }), "lb", {
      controllerName: "acme.io/gateway-controller",
    });
  });
  assert.deepEqual(
    declared.map(({ object }) => object.metadata),
    [{ name: "inherited", namespace: "store" }, { name: "own", namespace: "cart" }, { name: "lb" }],
  );
});

test("a scope without namespace leaves it out", () => {
  const { declared } = objectsOf((scope) => new HTTPRoute(new ApplicationDeveloper(scope, "carol"), "route", {}));
  assert.deepEqual(declared[0]?.object.metadata, { name: "route" });
});

test("a namespace that Kubernetes would refuse is refused where it is given", () => {
  for (const namespace of ["Store", "a.b", "", "-a", "a".repeat(64)]) {
    const error = thrownBy((scope) => new ApplicationDeveloper(scope, "carol", { namespace }));
    assert.match(error.message, /^carol: .* cannot be a namespace/);
  }
});

test("a construct without a host above it says where it looked and what hosts there are", () => {
  const root = new RootConstruct("app");
  const carol = new ApplicationDeveloper(root, "carol");
  assert.throws(
    () => new HTTPRoute(carol, "route", {}),
    /^DeclarationError: app\/carol\/route: nothing above it receives manifests \(looked at app\/carol\/route, app\/carol, app\)\. Put the scope into a GatewayChart/,
  );
});

test("a team's composite extends its persona and holds constructs in field initialisers", () => {
  class Infrastructure extends InfrastructureProvider {
    readonly lb = new GatewayClass(this, "lb", { controllerName: "acme.io/gateway-controller" });
  }
  const { declared, defined } = objectsOf((scope) => new Infrastructure(scope, "alice"));
  assert.equal((defined as Infrastructure).lb.node.path, "alice/lb");
  assert.equal(declared.length, 1);
});
