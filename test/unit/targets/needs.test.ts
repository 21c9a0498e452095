import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { Needs } from "../../../lib/targets/needs.ts";
import { rankOf } from "../../../lib/targets/order.ts";

const gateway = "gateway.networking.k8s.io/v1";
const late = { apply: () => undefined };

function object(kind: string, name: unknown, spec: unknown = {}, more: Record<string, unknown> = {}): AnyObject {
  const { namespace = "store", apiVersion = "v1", labels, ...rest } = more;
  const metadata = { name, ...(namespace !== "" && { namespace }), ...(labels !== undefined && { labels }) };
  return { apiVersion, kind, metadata, spec, ...rest } as unknown as AnyObject;
}

const set = [
  object("Namespace", "store", {}, { namespace: "" }),
  object("Namespace", "edge", {}, { namespace: "" }),
  object(
    "CustomResourceDefinition",
    "httproutes",
    { group: "gateway.networking.k8s.io", names: { kind: "HTTPRoute" } },
    { namespace: "" },
  ),
  object("CustomResourceDefinition", "filters", { group: "acme.io", names: { kind: "Filter" } }, { namespace: "" }),
  object("ReferenceGrant", "of-edge", {}, { namespace: "edge" }),
  object("ReferenceGrant", "of-store", {}),
  object("ConfigMap", "settings", {}, { namespace: "edge" }),
  object("ConfigMap", "ca"),
  object("Secret", "certificate", {}, { namespace: "edge" }),
  object("Secret", "certificate"),
  object("Service", "a"),
  object("Service", "b"),
  object("Service", "a", {}, { namespace: "edge" }),
  object("EndpointSlice", "a-1", {}, { labels: { "kubernetes.io/service-name": "a" } }),
  object("ServiceAccount", "controller"),
  object("Role", "reads"),
  object("RoleBinding", "reads", undefined, {
    roleRef: { kind: "Role", name: "reads" },
    subjects: [{ kind: "ServiceAccount", name: "controller", namespace: "store" }],
  }),
  object("Filter", "mark", {}, { apiVersion: "acme.io/v1" }),
  object("Deployment", "controller"),
  object("GatewayClass", "lb", {}, { namespace: "" }),
  object("GatewayClass", "other", {}, { namespace: "" }),
  object(
    "Gateway",
    "external",
    {
      gatewayClassName: "lb",
      infrastructure: { parametersRef: { group: "", kind: "ConfigMap", name: "settings" } },
      listeners: [{ tls: { certificateRefs: [{ name: "certificate" }, { name: "certificate", namespace: "store" }] } }],
    },
    { namespace: "edge" },
  ),
  object("Gateway", "internal", { gatewayClassName: "other" }, { namespace: "edge" }),
  object("ListenerSet", "team", { parentRef: { name: "external", namespace: "edge" } }),
  object("BackendTLSPolicy", "a", {
    targetRefs: [{ group: "", kind: "Service", name: "a" }],
    validation: { caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "ca" }] },
  }),
  object(
    "HTTPRoute",
    "route",
    {
      parentRefs: [
        { name: "external", namespace: "edge" },
        { kind: "ListenerSet", name: "team" },
      ],
      rules: [
        {
          filters: [
            { type: "ExtensionRef", extensionRef: { group: "acme.io", kind: "Filter", name: "mark" } },
            { requestMirror: { backendRef: { name: "a", namespace: "edge", port: 80 } } },
          ],
          backendRefs: [{ name: "a", port: 80 }],
        },
      ],
    },
    { apiVersion: gateway },
  ),
];
const needs = new Needs(set);
const nameOf = ({ kind, metadata }: AnyObject) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
const of = (name: string) =>
  needs
    .of(set.find((one) => nameOf(one) === name) ?? assert.fail(name))
    .map(nameOf)
    .sort();

for (const [name, expected] of [
  ["Service store/a", ["Namespace /store"]],
  ["RoleBinding store/reads", ["Namespace /store", "Role store/reads", "ServiceAccount store/controller"]],
  ["EndpointSlice store/a-1", ["Namespace /store", "Service store/a"]],
  ["GatewayClass /lb", ["Deployment store/controller", "Filter store/mark"]],
  ["ListenerSet store/team", ["Gateway edge/external", "Namespace /store", "ReferenceGrant edge/of-edge"]],
  [
    "BackendTLSPolicy store/a",
    ["ConfigMap store/ca", "EndpointSlice store/a-1", "Namespace /store", "Service store/a"],
  ],
  [
    "Gateway edge/external",
    [
      ...["ConfigMap edge/settings", "GatewayClass /lb", "Namespace /edge", "ReferenceGrant store/of-store"],
      ...["Secret edge/certificate", "Secret store/certificate"],
    ],
  ],
  [
    "HTTPRoute store/route",
    [
      ...["BackendTLSPolicy store/a", "CustomResourceDefinition /httproutes", "EndpointSlice store/a-1"],
      ...["Filter store/mark", "Gateway edge/external", "ListenerSet store/team", "Namespace /store"],
      ...["ReferenceGrant edge/of-edge", "Service edge/a", "Service store/a"],
    ],
  ],
] as const) {
  test(`${name} needs ${expected.length === 1 ? expected[0] : `${expected.length} objects`}`, () => {
    assert.deepEqual(of(name), [...expected].sort());
  });
}

test("a late name is the object with that very value; what may be any object of a kind is all of them", () => {
  const other = { apply: () => undefined };
  const services = [object("Service", late), object("Service", other), object("Service", "a")];
  const routeTo = (name: unknown) => object("HTTPRoute", "route", { rules: [{ backendRefs: [{ name, port: 80 }] }] });
  const of = (name: unknown) => {
    const route = routeTo(name);
    return new Needs([...services, route]).of(route);
  };
  assert.deepEqual(of(late), [services[0]]);
  assert.deepEqual(of({ apply: () => undefined }), services);
  assert.deepEqual(of("a"), [services[2]]);
  assert.deepEqual(of("b"), [services[0], services[1]], "either may turn out to be b");
});

test("nothing needs itself or what comes later, whatever refers to what", () => {
  const kinds = ["Namespace", "Service", "ConfigMap", "Filter", "GatewayClass", "Gateway", "ListenerSet", "HTTPRoute"];
  const name = fc.constantFrom("a", "b", late);
  const reference = fc.record({ kind: fc.constantFrom(...kinds), name, namespace: fc.constantFrom("store", "edge") });
  const any = fc
    .tuple(fc.constantFrom(...kinds), name, fc.constantFrom("store", "edge", ""), fc.array(reference, { maxLength: 4 }))
    .map(([kind, named, namespace, anyRefs]) => object(kind, named, { anyRefs }, { namespace }));
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), (objects) => {
      const all = new Needs(objects);
      for (const one of objects) {
        const found = all.of(one);
        assert.equal(new Set(found).size, found.length);
        for (const needed of found) assert.ok(rankOf(needed) < rankOf(one));
      }
    }),
  );
});

test("what many objects need grows with them, and not with their square", () => {
  const count = 400;
  const many = Array.from({ length: count }, (_, index) => [
    object("Service", `service-${index}`),
    object("Gateway", `gateway-${index}`, { gatewayClassName: "lb" }),
    object("HTTPRoute", `route-${index}`, {
      parentRefs: [{ name: `gateway-${index}` }],
      rules: [{ backendRefs: [{ name: `service-${index}`, port: 80 }] }],
    }),
  ]).flat();
  const all = new Needs(many);
  assert.equal(many.flatMap((one) => all.of(one)).length, 2 * count);
});
