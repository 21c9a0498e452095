import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { check } from "../../../lib/analysis/check/check.ts";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { load } from "../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { defineFilter } from "../../../lib/filters/definition.ts";

const certificates = new URL("../routing/attach/certificates.yaml", import.meta.url);
const held = parseDocuments(readFileSync(certificates, "utf8"), "certificates.yaml").declared;
const secretOf = held.find(({ object }) => object.metadata.name === "server")?.object;
const authority = held.find(({ object }) => object.kind === "ConfigMap")?.object;
assert.ok(secretOf && authority);

const group = "gateway.networking.k8s.io";
const v1 = `${group}/v1`;
const named = (object: AnyObject, namespace: string, name: string): AnyObject => ({
  ...object,
  metadata: { name, namespace },
});
const from = (kind: string, namespace: string) => [{ group, kind, namespace }];

/** A valid configuration with every kind of reference. It is text, so that each run has its own copy. */
const valid = JSON.stringify([
  {
    apiVersion: v1,
    kind: "GatewayClass",
    metadata: { name: "external" },
    spec: {
      controllerName: "gatewright.dev/gateway-controller",
      parametersRef: { group: "gatewright.dev", kind: "GatewayParameters", namespace: "settings", name: "replicated" },
    },
  },
  parameters("settings", "replicated"),
  parameters("infra", "sizing"),
  {
    apiVersion: v1,
    kind: "Gateway",
    metadata: { name: "shared", namespace: "infra" },
    spec: {
      gatewayClassName: "external",
      infrastructure: { parametersRef: { group: "gatewright.dev", kind: "GatewayParameters", name: "sizing" } },
      allowedListeners: { namespaces: { from: "All" } },
      tls: {
        backend: { clientCertificateRef: { namespace: "keys", name: "identity" } },
        frontend: {
          default: { validation: { caCertificateRefs: [caReference("keys", "authority")] } },
        },
      },
      listeners: [
        {
          name: "secure",
          protocol: "HTTPS",
          port: 8443,
          tls: { certificateRefs: [{ namespace: "keys", name: "frontdoor" }] },
          allowedRoutes: { namespaces: { from: "All" } },
        },
        {
          name: "selected",
          protocol: "HTTP",
          port: 8080,
          allowedRoutes: { namespaces: { from: "Selector", selector: { matchLabels: { team: "orders" } } } },
        },
      ],
    },
  },
  named(secretOf, "keys", "identity"),
  named(secretOf, "keys", "frontdoor"),
  named(authority, "keys", "authority"),
  named(authority, "application", "anchors"),
  {
    apiVersion: v1,
    kind: "ListenerSet",
    metadata: { name: "additional", namespace: "application" },
    spec: {
      parentRef: { namespace: "infra", name: "shared" },
      listeners: [{ name: "extra", protocol: "HTTP", port: 9090 }],
    },
  },
  grant("keys", from("Gateway", "infra"), [
    { group: "", kind: "Secret" },
    { group: "", kind: "ConfigMap" },
  ]),
  grant("inventory", from("HTTPRoute", "application"), [{ group: "", kind: "Service", name: "warehouse" }]),
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "application", labels: { team: "orders" } } },
  service("application", "storefront", 3000),
  service("inventory", "warehouse", 4000),
  {
    apiVersion: v1,
    kind: "HTTPRoute",
    metadata: { name: "catalogue", namespace: "application" },
    spec: {
      parentRefs: [
        { namespace: "infra", name: "shared", sectionName: "selected" },
        { kind: "ListenerSet", name: "additional", sectionName: "extra" },
      ],
      rules: [
        {
          filters: [
            { type: "RequestMirror", requestMirror: { backendRef: { name: "storefront", port: 3000 } } },
            { type: "ExtensionRef", extensionRef: { group: "acme.io", kind: "Quota", name: "generous" } },
          ],
          backendRefs: [
            { name: "storefront", port: 3000 },
            { namespace: "inventory", name: "warehouse", port: 4000 },
          ],
        },
      ],
    },
  },
  { apiVersion: "acme.io/v1", kind: "Quota", metadata: { name: "generous", namespace: "application" }, spec: {} },
  {
    apiVersion: v1,
    kind: "BackendTLSPolicy",
    metadata: { name: "encrypted", namespace: "application" },
    spec: {
      targetRefs: [{ group: "", kind: "Service", name: "storefront", sectionName: "web" }],
      validation: {
        hostname: "storefront.internal",
        caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "anchors" }],
      },
    },
  },
]);

const quota = defineFilter({ group: "acme.io", kind: "Quota", request: () => undefined });

function caReference(namespace: string, name: string) {
  return { group: "", kind: "ConfigMap", namespace, name };
}

function parameters(namespace: string, name: string): AnyObject {
  const apiVersion = "gatewright.dev/v1alpha1";
  return { apiVersion, kind: "GatewayParameters", metadata: { name, namespace }, spec: { replicas: 2 } };
}

function service(namespace: string, name: string, port: number): AnyObject {
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec: { ports: [{ name: "web", port }] } };
}

function grant(namespace: string, referrers: readonly object[], to: readonly object[]): AnyObject {
  return {
    apiVersion: v1,
    kind: "ReferenceGrant",
    metadata: { name: "opened", namespace },
    spec: { from: referrers, to },
  };
}

type Step = string | number;

interface Break {
  readonly object: string;
  readonly path: readonly Step[];
  /** The change of the field. */
  readonly slip: "letter" | "missing" | { readonly becomes: string | number };
  /** The name in the finding. */
  readonly original: string;
}

const gateway = "Gateway shared";
const route = "HTTPRoute catalogue";
const policy = "BackendTLSPolicy encrypted";
const validation = ["spec", "tls", "frontend", "default", "validation", "caCertificateRefs", 0];
const clientCertificate = ["spec", "tls", "backend", "clientCertificateRef"];
const certificate = ["spec", "listeners", 0, "tls", "certificateRefs", 0];
const rule = ["spec", "rules", 0];
const mirror = [...rule, "filters", 0, "requestMirror", "backendRef"];
const extension = [...rule, "filters", 1, "extensionRef"];

const breaks: readonly Break[] = [
  { object: gateway, path: ["spec", "gatewayClassName"], slip: "letter", original: "external" },
  { object: "GatewayClass external", path: ["spec", "parametersRef", "name"], slip: "letter", original: "replicated" },
  {
    object: "GatewayClass external",
    path: ["spec", "parametersRef", "namespace"],
    slip: "letter",
    original: "settings/replicated",
  },
  { object: gateway, path: ["spec", "infrastructure", "parametersRef", "name"], slip: "letter", original: "sizing" },
  { object: gateway, path: [...clientCertificate, "name"], slip: "letter", original: "identity" },
  { object: gateway, path: [...validation, "name"], slip: "letter", original: "authority" },
  { object: gateway, path: [...validation, "kind"], slip: { becomes: "Secret" }, original: "ConfigMap keys/authority" },
  { object: gateway, path: [...validation, "namespace"], slip: "missing", original: "keys/authority" },
  { object: gateway, path: [...certificate, "name"], slip: "letter", original: "frontdoor" },
  { object: gateway, path: [...certificate, "namespace"], slip: "missing", original: "keys/frontdoor" },
  { object: gateway, path: [...clientCertificate, "namespace"], slip: "missing", original: "keys/identity" },
  { object: "ListenerSet additional", path: ["spec", "parentRef", "name"], slip: "letter", original: "shared" },
  {
    object: "ListenerSet additional",
    path: ["spec", "parentRef", "namespace"],
    slip: "letter",
    original: "infra/shared",
  },
  {
    object: "ListenerSet additional",
    path: ["spec", "parentRef", "namespace"],
    slip: "missing",
    original: "infra/shared",
  },
  { object: route, path: ["spec", "parentRefs", 0, "name"], slip: "letter", original: "shared" },
  { object: route, path: ["spec", "parentRefs", 0, "namespace"], slip: "letter", original: "infra/shared" },
  { object: route, path: ["spec", "parentRefs", 0, "namespace"], slip: "missing", original: "infra/shared" },
  {
    object: route,
    path: ["spec", "parentRefs", 0, "kind"],
    slip: { becomes: "ListenerSet" },
    original: "Gateway infra/shared",
  },
  {
    object: route,
    path: ["spec", "parentRefs", 0, "kind"],
    slip: { becomes: "Gatway" },
    original: "Gateway infra/shared",
  },
  { object: route, path: ["spec", "parentRefs", 0, "sectionName"], slip: "letter", original: "selected" },
  {
    object: route,
    path: ["spec", "parentRefs", 0, "sectionName"],
    slip: { becomes: "extra" },
    original: "ListenerSet application/additional",
  },
  {
    object: route,
    path: ["spec", "parentRefs", 1, "kind"],
    slip: "missing",
    original: "ListenerSet application/additional",
  },
  { object: route, path: ["spec", "parentRefs", 1, "name"], slip: "letter", original: "additional" },
  { object: route, path: [...rule, "backendRefs", 0, "name"], slip: "letter", original: "storefront" },
  { object: route, path: [...rule, "backendRefs", 0, "port"], slip: { becomes: 3001 }, original: "3000" },
  { object: route, path: [...rule, "backendRefs", 0, "kind"], slip: { becomes: "ServiceImport" }, original: "Service" },
  { object: route, path: [...rule, "backendRefs", 1, "namespace"], slip: "missing", original: "inventory/warehouse" },
  { object: route, path: [...rule, "backendRefs", 1, "port"], slip: { becomes: 4444 }, original: "4000" },
  { object: route, path: [...mirror, "name"], slip: "letter", original: "storefront" },
  { object: route, path: [...mirror, "port"], slip: { becomes: 30 }, original: "3000" },
  { object: route, path: [...extension, "name"], slip: "letter", original: "generous" },
  { object: route, path: [...extension, "kind"], slip: "letter", original: "acme.io/Quota application/generous" },
  { object: policy, path: ["spec", "targetRefs", 0, "name"], slip: "letter", original: "storefront" },
  { object: policy, path: ["spec", "targetRefs", 0, "sectionName"], slip: { becomes: "wev" }, original: "web" },
  { object: policy, path: ["spec", "validation", "caCertificateRefs", 0, "name"], slip: "letter", original: "anchors" },
  {
    object: policy,
    path: ["spec", "validation", "caCertificateRefs", 0, "kind"],
    slip: { becomes: "Secret" },
    original: "ConfigMap",
  },
  {
    object: "ReferenceGrant keys",
    path: ["spec", "from", 0, "namespace"],
    slip: "letter",
    original: "ReferenceGrant keys/opened",
  },
  {
    object: "ReferenceGrant keys",
    path: ["spec", "from", 0, "kind"],
    slip: { becomes: "HTTPRoute" },
    original: "from[0].kind",
  },
  {
    object: "ReferenceGrant keys",
    path: ["spec", "from", 0, "group"],
    slip: { becomes: "networking.k8s.io" },
    original: "from[0].group",
  },
  { object: "ReferenceGrant inventory", path: ["spec", "to", 0, "name"], slip: "letter", original: "to[0].name" },
  {
    object: "ReferenceGrant inventory",
    path: ["spec", "to", 0, "kind"],
    slip: { becomes: "Secret" },
    original: "to[0].kind",
  },
  {
    object: "ReferenceGrant inventory",
    path: ["metadata", "namespace"],
    slip: { becomes: "application" },
    original: "metadata.namespace",
  },
  { object: "Namespace application", path: ["metadata", "labels", "team"], slip: "letter", original: "team: orders" },
];

test("the configuration that is broken is valid as it is", () => {
  assert.deepEqual(findingsOf(JSON.parse(valid)), []);
});

test("the finding about a reference that is a little off names what it means", () => {
  const broken = fc.record({
    one: fc.constantFrom(...breaks),
    place: fc.nat(),
    letter: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz"),
    edit: fc.constantFrom("replace", "remove", "insert"),
  });
  fc.assert(
    fc.property(broken, ({ one, ...edit }) => {
      const objects: AnyObject[] = JSON.parse(valid);
      const given = breakField(objects, one, edit);
      fc.pre(given !== undefined);
      const found = findingsOf(objects);
      const texts = found.map(({ message, fix }) => `${message} ${fix}`);
      assert.ok(
        texts.some((text) => text.includes(one.original)),
        `${one.original} for ${given} at ${one.object} ${one.path.join(".")}:\n${texts.join("\n")}`,
      );
    }),
    { numRuns: 600 },
  );
});

test("what has another number in its name is another object", () => {
  const objects: AnyObject[] = JSON.parse(valid.replaceAll("storefront", "storefront-v1"));
  breakField(objects, {
    ...(breaks.find(({ original }) => original === "storefront") as Break),
    slip: { becomes: "storefront-v2" },
  });
  const [finding] = findingsOf(objects);
  assert.equal(finding?.message, "Service application/storefront-v2 does not exist.");
});

test("a reference that needs a grant says so, also where it is a near miss", () => {
  const objects: AnyObject[] = JSON.parse(valid).filter(({ kind }: AnyObject) => kind !== "ReferenceGrant");
  const wrong = {
    object: route,
    path: [...rule, "backendRefs", 0, "namespace"],
    slip: { becomes: "elsewhere" },
  } as const;
  breakField(objects, { ...wrong, original: "" });
  const finding = findingsOf(objects).find(({ field }) => field === "spec.rules[0].backendRefs[0].namespace");
  assert.equal(
    finding?.message,
    "No ReferenceGrant lets HTTPRoutes in namespace application use Service elsewhere/storefront. application/storefront is declared: is rules[0].backendRefs[0].namespace wrong?",
  );
});

interface Edit {
  readonly place: number;
  readonly letter: string;
  readonly edit: string;
}

/** Breaks one field and returns its value; undefined if the edit does not change it. */
function breakField(objects: AnyObject[], { object, path, slip }: Break, edit?: Edit): unknown {
  const [kind, name] = object.split(" ");
  const broken = objects.find(
    ({ kind: own, metadata }) => own === kind && (metadata.name === name || metadata.namespace === name),
  );
  const owner = path
    .slice(0, -1)
    .reduce<unknown>((value, step) => Reflect.get(value as object, step), broken) as object;
  const field = path.at(-1) as string;
  const before = Reflect.get(owner, field);
  if (slip === "missing") Reflect.deleteProperty(owner, field);
  else Reflect.set(owner, field, slip === "letter" ? misspelt(String(before), edit as Edit) : slip.becomes);
  const after = Reflect.get(owner, field);
  return after === before ? undefined : (after ?? "nothing");
}

/** Changes, removes or inserts one letter of a word, except for the first. */
function misspelt(word: string, { place, letter, edit }: Edit): string {
  const at = 1 + (place % (word.length - 1));
  const rest = edit === "insert" ? word.slice(at) : word.slice(at + 1);
  return `${word.slice(0, at)}${edit === "remove" ? "" : letter}${rest}`;
}

function findingsOf(objects: readonly AnyObject[]) {
  const declared = objects.map((object, index) => ({ object, origin: { construct: `[${index}]` } }));
  const filters = { path: "", version: "", kinds: [quota] };
  const loaded = load([{ name: "given", declared, findings: [], filters }], { channel: "standard" });
  return check(loaded, { strict: true }).filter(({ code }) => !code.startsWith("GW3"));
}
