import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { output } from "@pulumi/pulumi";
import type { Construct } from "constructs";
import {
  ApplicationDeveloper,
  ClusterOperator,
  Gateway,
  GatewayApiCrds,
  HTTPRoute,
  InfrastructureProvider,
  ListenerSet,
  type RouteProps,
} from "gatewright";
import { GatewayComponent, type GatewayComponentProps } from "gatewright/pulumi";
import { query } from "jsonpathly";
import acme from "../../../../examples/acme/acme.ts";
import { waitLimits } from "../../../../lib/engines/pulumi/wait.ts";
import { deploy } from "./deployment.ts";

type Metadata = { readonly annotations?: Readonly<Record<string, string>> };

async function annotationsOf(t: TestContext, props: GatewayComponentProps, kind: string) {
  const { objects } = await deploy(t, () => new GatewayComponent("acme", props));
  const found = [...objects.values()].find(({ inputs }) => inputs.kind === kind);
  assert.ok(found, `no ${kind}`);
  return (found.inputs.metadata as Metadata).annotations ?? {};
}

const route = (props: RouteProps, namespace: string | false = "store") => ({
  define: (scope: Construct) =>
    new HTTPRoute(new ApplicationDeveloper(scope, "carol", namespace === false ? {} : { namespace }), "route", props),
});

const external = { name: "external", namespace: "edge" };

/** Parses the expressions as the provider does: one, or a JSON array; `=` only doubled; no brace but the outer two. */
function expressions(waitFor: string | undefined): string[] {
  assert.ok(waitFor !== undefined);
  const list = waitFor.startsWith("[") ? (JSON.parse(waitFor) as string[]) : [waitFor];
  return list.map((one) => {
    assert.match(one, /^jsonpath=\{[^{}]*\}$/);
    const path = one.slice("jsonpath={".length, -1);
    assert.doesNotMatch(path.replaceAll("==", ""), /=|\s/);
    return `$${path}`;
  });
}

function satisfied(waitFor: string | undefined, object: unknown): boolean {
  return expressions(waitFor).every(
    (path) => (query(object, path, { returnArray: true }) as readonly unknown[]).length > 0,
  );
}

interface Reported {
  readonly parentRef: object;
  readonly accepted?: string;
  readonly resolved?: string;
  readonly generation?: number;
}

function routeWith(...parents: readonly Reported[]) {
  return {
    metadata: { generation: 2 },
    status: {
      parents: parents.map(({ parentRef, accepted = "True", resolved = "True", generation = 2 }) => ({
        parentRef: { group: "gateway.networking.k8s.io", kind: "Gateway", ...parentRef },
        controllerName: "acme.io/controller",
        conditions: [
          { type: "Accepted", status: accepted, observedGeneration: generation },
          { type: "ResolvedRefs", status: resolved, observedGeneration: generation },
        ],
      })),
    },
  };
}

test("a CRD is waited for until it is Established, with the annotations of this deployment", async (t) => {
  const define = (scope: Construct) => new GatewayApiCrds(new InfrastructureProvider(scope, "alice"), "crds");
  const { "pulumi.com/waitFor": waitFor } = await annotationsOf(t, { define }, "CustomResourceDefinition");
  const crd = (status: string, annotations: object) => ({
    metadata: { annotations },
    status: {
      conditions: [
        { type: "NamesAccepted", status: "True" },
        { type: "Established", status },
      ],
    },
  });
  const written = { "pulumi.com/waitFor": waitFor };
  assert.equal(satisfied(waitFor, crd("True", written)), true);
  assert.equal(satisfied(waitFor, crd("False", written)), false);
  assert.equal(satisfied(waitFor, crd("True", {})), false);
});

test("a Gateway is waited for until it is Programmed", async (t) => {
  assert.deepEqual(await annotationsOf(t, { define: acme }, "Gateway"), {
    "pulumi.com/waitFor": "condition=Programmed",
  });
});

test("a route is waited for until its parent has Accepted it and resolved its references", async (t) => {
  const { "pulumi.com/waitFor": waitFor } = await annotationsOf(t, route({ parentRefs: [external] }), "HTTPRoute");
  const shapes: readonly (readonly [boolean, string, object])[] = [
    [true, "both conditions", routeWith({ parentRef: external })],
    [false, "no status", { metadata: { generation: 2 } }],
    [false, "no parent yet", routeWith()],
    [false, "not accepted", routeWith({ parentRef: external, accepted: "False" })],
    [false, "references not resolved", routeWith({ parentRef: external, resolved: "False" })],
    [false, "the status of an older generation", routeWith({ parentRef: external, generation: 1 })],
    [false, "another Gateway's", routeWith({ parentRef: { ...external, name: "internal" } })],
    [false, "that of another namespace", routeWith({ parentRef: { ...external, namespace: "other" } })],
    [false, "one section's", routeWith({ parentRef: { ...external, sectionName: "http" } })],
    [false, "one port's", routeWith({ parentRef: { ...external, port: 80 } })],
    [
      true,
      "another parent beside it that refuses",
      routeWith({ parentRef: { name: "x" }, accepted: "False" }, { parentRef: external }),
    ],
  ];
  for (const [expected, what, object] of shapes) assert.equal(satisfied(waitFor, object), expected, what);
});

test("every parent has to accept the route, each at its section and port", async (t) => {
  const parents = [
    external,
    { name: "internal", namespace: "edge", sectionName: "https", port: 443 },
    { group: "gateway.networking.k8s.io", kind: "ListenerSet", name: "more", namespace: "store" },
  ];
  const { "pulumi.com/waitFor": waitFor } = await annotationsOf(t, route({ parentRefs: parents }), "HTTPRoute");
  assert.equal(expressions(waitFor).length, 3);
  const all = parents.map((parentRef) => ({ parentRef }));
  assert.equal(satisfied(waitFor, routeWith(...all)), true);
  for (const missing of all) {
    assert.equal(satisfied(waitFor, routeWith(...all.filter((one) => one !== missing))), false);
    const refused = all.map((one) => (one === missing ? { ...one, accepted: "False" } : one));
    assert.equal(satisfied(waitFor, routeWith(...refused)), false);
    const stale = all.map((one) => (one === missing ? { ...one, generation: 1 } : one));
    assert.equal(satisfied(waitFor, routeWith(...stale)), false);
  }
  const asGateway = { ...parents[2], kind: "Gateway" };
  assert.equal(satisfied(waitFor, routeWith(...all.slice(0, 2), { parentRef: asGateway })), false);
});

test("the namespace of a parent is written out, because a status repeats what the spec says", async (t) => {
  const { objects } = await deploy(t, () => new GatewayComponent("acme", route({ parentRefs: [{ name: "near" }] })));
  const { inputs } = objects.get("acme/carol/route") ?? assert.fail("no route");
  assert.deepEqual(inputs.spec.parentRefs, [{ name: "near", namespace: "store" }]);
  const waitFor = inputs.metadata.annotations["pulumi.com/waitFor"] as string;
  assert.equal(satisfied(waitFor, routeWith({ parentRef: { name: "near", namespace: "store" } })), true);
});

test("a route without namespace waits for parents in whatever namespace it gets", async (t) => {
  const props = route({ parentRefs: [{ name: "near" }] }, false);
  const { "pulumi.com/waitFor": waitFor } = await annotationsOf(t, props, "HTTPRoute");
  assert.equal(satisfied(waitFor, routeWith({ parentRef: { name: "near" } })), true);
});

test("names that are known later are part of what is waited for", async (t) => {
  const define = (scope: Construct) => {
    const namespace = output("edge");
    const bob = new ClusterOperator(scope, "bob", { namespace });
    const listeners = [{ name: "http", protocol: "HTTP", port: 80 }] as const;
    const gateway = new Gateway(bob, "external", {
      metadata: { name: output("later") },
      gatewayClassName: "lb",
      listeners,
    });
    new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace }), "route", {
      parentRefs: [gateway, { name: "other", namespace: "edge", port: output(80) }],
    });
  };
  const { "pulumi.com/waitFor": waitFor } = await annotationsOf(t, { define }, "HTTPRoute");
  const parentRef = { name: "later", namespace: "edge" };
  const other = { name: "other", namespace: "edge", port: 80 };
  assert.equal(satisfied(waitFor, routeWith({ parentRef }, { parentRef: other })), true);
  assert.equal(satisfied(waitFor, routeWith({ parentRef })), false);
  assert.equal(satisfied(waitFor, routeWith({ parentRef }, { parentRef: { ...other, port: 81 } })), false);
});

test("a route without parents, a ListenerSet and a class are not waited for", async (t) => {
  assert.deepEqual(await annotationsOf(t, route({}), "HTTPRoute"), {});
  assert.deepEqual(await annotationsOf(t, { define: acme }, "GatewayClass"), {});
  const define = (scope: Construct) =>
    new ListenerSet(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "more", {
      parentRef: external,
      listeners: [{ name: "http", protocol: "HTTP", port: 8080 }],
    });
  assert.deepEqual(await annotationsOf(t, { define }, "ListenerSet"), {});
});

const gatewayObject = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  metadata: { name: "external", namespace: "edge" },
};

test("the limit goes to what is waited for, not to its deletion, and wait: false turns both off", async (t) => {
  const limited = { define: acme, timeoutSeconds: 90 };
  assert.deepEqual(await annotationsOf(t, limited, "Gateway"), { "pulumi.com/waitFor": "condition=Programmed" });
  assert.deepEqual(waitLimits(gatewayObject, { wait: true, timeoutSeconds: 90 }), { create: "90s", update: "90s" });
  assert.equal(waitLimits(gatewayObject, { wait: false, timeoutSeconds: 90 }), undefined);
  assert.equal(waitLimits(gatewayObject, { wait: true }), undefined);
  assert.deepEqual(await annotationsOf(t, { ...limited, wait: false }, "HTTPRoute"), {});
});

test("annotations of the program come first", async (t) => {
  const own = { "pulumi.com/waitFor": "condition=Accepted", "acme.io/team": "store", "pulumi.com/timeoutSeconds": "9" };
  const props = { ...route({ metadata: { annotations: own }, parentRefs: [external] }), timeoutSeconds: 5 };
  assert.deepEqual(await annotationsOf(t, props, "HTTPRoute"), own);
  const annotated = { ...gatewayObject, metadata: { ...gatewayObject.metadata, annotations: own } };
  assert.equal(waitLimits(annotated, { wait: true, timeoutSeconds: 5 }), undefined);
});
