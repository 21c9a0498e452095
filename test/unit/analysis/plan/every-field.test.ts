import assert from "node:assert/strict";
import { test } from "node:test";
import { planMarkdown } from "../../../../lib/analysis/plan/markdown.ts";
import { planText } from "../../../../lib/analysis/plan/text.ts";
import { trafficPlan } from "../../../../lib/analysis/plan/traffic-plan.ts";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { kindDefinition } from "../../../../lib/api/index.ts";
import { type JsonSchema, jsonSchema } from "../../../../lib/api/kinds/json-schema.ts";
import { type Loaded, load } from "../../../../lib/api/load/load.ts";
import { type FieldPath, fieldsOf, schemaAt, valuesOf, withField } from "./every-field.ts";

const v1 = "gateway.networking.k8s.io/v1";
const backendRefs = [{ name: "base-name", port: 1 }];

/** An object whose fields are changed one by one. */
interface Subject {
  readonly object: AnyObject;
  /** Only fields below this path are changed. */
  readonly below: FieldPath;
}

const listener = {
  name: "base-name",
  protocol: "HTTPS",
  port: 1,
  tls: { certificateRefs: [{ name: "base-name" }] },
  allowedRoutes: { namespaces: { from: "All" } },
};

const gateway: AnyObject = {
  apiVersion: v1,
  kind: "Gateway",
  metadata: { name: "base-name", namespace: "edge" },
  spec: { gatewayClassName: "base-name", listeners: [listener], allowedListeners: { namespaces: { from: "All" } } },
};
const parentRefs = [{ name: "base-name", namespace: "edge" }];
const metadata = { name: "base-name", namespace: "app" };
const httpRoute: AnyObject = {
  apiVersion: v1,
  kind: "HTTPRoute",
  metadata,
  spec: { parentRefs, rules: [{ backendRefs }] },
};
const grpcRoute: AnyObject = { ...httpRoute, kind: "GRPCRoute" };
const policy: AnyObject = {
  apiVersion: v1,
  kind: "BackendTLSPolicy",
  metadata,
  spec: {
    targetRefs: [{ group: "", kind: "Service", name: "base-name" }],
    validation: { hostname: "base.example.com", wellKnownCACertificates: "System" },
  },
};
const listenerSet: AnyObject = {
  apiVersion: v1,
  kind: "ListenerSet",
  metadata,
  spec: { parentRef: parentRefs[0], listeners: [{ ...listener, name: "own", port: 2 }] },
};
const grant = (kinds: readonly string[], from: string, namespace: string): AnyObject => ({
  apiVersion: v1,
  kind: "ReferenceGrant",
  metadata: { name: "grant", namespace },
  spec: {
    from: kinds.map((kind) => ({ group: "gateway.networking.k8s.io", kind, namespace: from })),
    to: ["Service", "Secret", "ConfigMap"].map((kind) => ({ group: "", kind })),
  },
});

/** Objects beside the changed one, on both sides. */
const others: readonly AnyObject[] = [
  gateway,
  httpRoute,
  policy,
  ...["base-name", "one-name", "two-name"].flatMap((namespace) => [
    { ...grant(["HTTPRoute", "GRPCRoute"], "app", namespace), metadata: { name: "routes", namespace } },
    { ...grant(["Gateway"], "edge", namespace), metadata: { name: "gateways", namespace } },
    { ...grant(["ListenerSet"], "app", namespace), metadata: { name: "sets", namespace } },
  ]),
];

const subjects: readonly Subject[] = [
  { object: httpRoute, below: ["spec", "rules"] },
  { object: httpRoute, below: ["spec", "hostnames"] },
  { object: grpcRoute, below: ["spec", "rules"] },
  { object: gateway, below: ["spec"] },
  { object: listenerSet, below: ["spec", "listeners"] },
  { object: policy, below: ["spec"] },
];

/** Values of fields whose rules JSON Schema cannot express. */
const texts: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^HTTPRoute .*matches\.\[\]\.path\.value$/, ["/base", "/one", "/two"]],
  [/^GRPCRoute .*method\.(service|method)$/, ["Base", "One", "Two"]],
  [/addresses\.\[\]\.value$/, ["10.0.0.11", "10.0.0.12", "10.0.0.13"]],
  [/listeners\.\[\]\.protocol$/, ["HTTPS", "HTTP", "TLS"]],
  [/wellKnownCACertificates$/, ["System", "System", "example.com/two"]],
  [/routability$/, ["Cluster", "example.com/one", "example.com/two"]],
  [/filters\.\[\]\.requestRedirect\.path\.replace|filters\.\[\]\.urlRewrite\.path\.replace/, ["/base", "/one", "/two"]],
];

/** Satisfies cross-field rules, which JSON Schema cannot express either. */
function amended(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => amended(item, name));
  if (typeof value !== "object" || value === null) return value;
  const members: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, amended(member, key)]),
  );
  const { filters, kind = "Service", group = "" } = members;
  if (/^backendRefs?$/.test(name) && kind === "Service" && group === "") members.port ??= 1;
  if (Array.isArray(filters) && filters.some(({ type }) => type === "RequestRedirect") && name === "rules") {
    delete members.backendRefs;
  }
  if (name === "sessionPersistence" && members.type !== "Header") members.cookie ??= {};
  if (members.lifetimeType === "Permanent") members.path = "/";
  if (name === "sessionPersistence") members.absoluteTimeout ??= "11s";
  if (Array.isArray(members.caCertificateRefs) && members.caCertificateRefs.length > 0) {
    delete members.wellKnownCACertificates;
  }
  if (/^caCertificateRefs|certificateRefs|clientCertificateRef$/.test(name)) {
    if (members.kind === "base-name") members.kind = "ConfigMap";
    if (members.group === "base.example.com") members.group = "";
  }
  if (members.protocol === "HTTP" && name === "listeners") delete members.tls;
  // A listener with a TLS mode gets the protocol TLS: an HTTPS listener only terminates TLS.
  if (name === "listeners" && Reflect.get(members.tls ?? {}, "mode") !== undefined) members.protocol = "TLS";
  if (name === "path" && members.value === "base-name") members.value = "/base";
  if (name === "method" && members.type !== undefined) members.service ??= "Base";
  return members;
}

/** Printers of values that the plan does not print unchanged: durations, shares, and values with a meaning. */
const words: readonly (readonly [RegExp, (value: unknown) => string])[] = [
  [/timeouts|retry\.backoff/, (value) => `${Number.parseInt(String(value), 10) * 1000} ms`],
  [/percent$|fraction\.numerator$/, (value) => `${value} %`],
  [/wellKnownCACertificates$/, (value) => (value === "System" ? "app/base-name:1" : "tls.trust: System → []")],
  [/matches\.\[\]\.path\.type$/, (value) => (value === "Exact" ? "404" : ":1/any")],
  [/matches\.\[\]\.method\.type$/, (value) => (value === "Exact" ? "/Base" : "~ /(?:Base)/[^/]+")],
  [/path\.type$/, (value) => pathTypes[String(value)] ?? String(value)],
  [/fraction\.denominator$/, (value) => `(1 of ${value})`],
];

const pathTypes: Readonly<Record<string, string>> = {
  ReplaceFullPath: "replaceFullPath",
  ReplacePrefixMatch: "replacePrefixMatch",
};

for (const { object, below } of subjects) {
  const definition = kindDefinition(object.apiVersion, object.kind);
  assert.ok(definition);
  const schema = jsonSchema(definition, "experimental");
  for (const field of fieldsOf(schemaAt(schema, below), below)) {
    const name = `${object.kind} ${field.join(".")}`;
    test(`plan names a change of ${name}`, () => {
      const given = texts.find(([pattern]) => pattern.test(name))?.[1];
      const [, one, two] = given ?? valuesOf(schemaAt(schema, field));
      assert.notEqual(two, undefined, `two values for ${name}`);
      const plan = trafficPlan(configuration(schema, object, field, one), configuration(schema, object, field, two));
      const wordsOf = words.find(([pattern]) => pattern.test(name))?.[1] ?? String;
      const markdown = String(planMarkdown(plan)).replace(/[\\`]/g, "");
      for (const text of [String(planText(plan)), markdown, JSON.stringify(plan)]) {
        for (const value of [one, two].map(wordsOf)) assert.ok(text.includes(value), `${value} in\n${text}`);
      }
    });
  }
}

function configuration(schema: JsonSchema, object: AnyObject, field: FieldPath, value: unknown): Loaded {
  const changed = amended(withField(schema, object, field, value)) as AnyObject;
  const declared = [...others.filter(({ kind }) => kind !== object.kind), changed];
  const loaded = load(
    [
      {
        name: "given",
        declared: declared.map((one) => ({ object: one, origin: { construct: one.kind } })),
        findings: [],
      },
    ],
    { channel: "experimental" },
  );
  const errors = loaded.findings.filter(({ severity }) => severity === "error");
  assert.deepEqual(errors, [], JSON.stringify(changed));
  return loaded;
}
