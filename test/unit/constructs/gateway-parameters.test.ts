import assert from "node:assert/strict";
import { test } from "node:test";
import { ClusterOperator, Gateway, GatewayClass, GatewayParameters, InfrastructureProvider } from "gatewright";
import { check } from "../../../lib/analysis/check/check.ts";
import { load } from "../../../lib/api/load/load.ts";
import { objectsOf, PlainTree } from "../../../lib/engines/objects.ts";
import { parametersCrd } from "../../../lib/infrastructure-provider/installation/parameters-crd.ts";

const controllerName = "gatewright.dev/gateway-controller";
const listeners = [{ name: "http", protocol: "HTTP", port: 80 }] as const;

test("settings of a class and of a Gateway are objects where references are plain", () => {
  const { declared, findings } = objectsOf((scope) => {
    const alice = new InfrastructureProvider(scope, "alice", { namespace: "infrastructure" });
    const all = new GatewayParameters(alice, "all", { replicas: 3 });
    const gatewayClassName = new GatewayClass(alice, "gatewright", { controllerName, parametersRef: all });
    const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
    const parametersRef = new GatewayParameters(bob, "own", { service: { type: "NodePort" } });
    const infrastructure = { labels: { team: "edge" }, parametersRef };
    new Gateway(bob, "external", { gatewayClassName, listeners, infrastructure });
  });
  assert.deepEqual(findings, []);
  const specs = Object.fromEntries(
    declared.map(({ object }) => [`${object.kind} ${object.metadata.name}`, object.spec]),
  );
  assert.deepEqual(specs["GatewayParameters all"], { replicas: 3 });
  assert.deepEqual(specs["GatewayClass gatewright"], {
    controllerName,
    parametersRef: { group: "gatewright.dev", kind: "GatewayParameters", name: "all", namespace: "infrastructure" },
  });
  assert.deepEqual((specs["Gateway external"] as { infrastructure: unknown }).infrastructure, {
    labels: { team: "edge" },
    parametersRef: { group: "gatewright.dev", kind: "GatewayParameters", name: "own" },
  });
  const loaded = load([{ name: "program", declared, findings: [] }], { channel: "standard" });
  assert.deepEqual(check(loaded, { strict: true }), []);
});

test("settings in another namespace than the Gateway's are not found, and a check says so", () => {
  const { declared } = objectsOf((scope) => {
    const alice = new InfrastructureProvider(scope, "alice", { namespace: "infrastructure" });
    const gatewayClassName = new GatewayClass(alice, "gatewright", { controllerName });
    const infrastructure = { parametersRef: new GatewayParameters(alice, "all", {}) };
    new Gateway(new ClusterOperator(scope, "bob", { namespace: "edge" }), "external", {
      gatewayClassName,
      listeners,
      infrastructure,
    });
  });
  const loaded = load([{ name: "program", declared, findings: [] }], { channel: "standard" });
  const [finding] = check(loaded, { strict: true });
  assert.equal(finding?.code, "GW2103");
  assert.match(
    finding.message,
    /^GatewayParameters all is not declared in namespace edge; infrastructure\/all is declared: /,
  );
});

test("plain references and names of others stay possible", () => {
  const alice = new InfrastructureProvider(new PlainTree(), "alice");
  const plain = { group: "acme.io", kind: "GatewayParameters", name: "a", namespace: "b" };
  assert.deepEqual(
    new GatewayClass(alice, "a", { controllerName, parametersRef: plain }).toSpec().parametersRef,
    plain,
  );
  const theirs = GatewayParameters.fromName("all", { namespace: "infrastructure" });
  assert.deepEqual(new GatewayClass(alice, "b", { controllerName, parametersRef: theirs }).toSpec().parametersRef, {
    ...{ group: "gatewright.dev", kind: "GatewayParameters", name: "all", namespace: "infrastructure" },
  });
});

test("the CRD has every field of the schema, in the keywords that Kubernetes has", () => {
  const crd = parametersCrd() as unknown as { spec: { versions: { schema: { openAPIV3Schema: object } }[] } };
  const [version] = crd.spec.versions;
  const keywords = new Set<string>();
  const fields: string[] = [];
  const visit = (schema: Readonly<Record<string, unknown>>, path: string): void => {
    for (const keyword of Object.keys(schema)) keywords.add(keyword);
    for (const [name, field] of Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)) {
      fields.push(`${path}${name}`);
      visit(field, `${path}${name}.`);
    }
    for (const below of [schema.items, schema.additionalProperties])
      if (typeof below === "object") visit(below as Record<string, unknown>, path);
  };
  visit(version?.schema.openAPIV3Schema as Record<string, unknown>, "");
  for (const field of ["spec.replicas", "spec.service.type", "spec.accessLog.sampling.share", "spec.limits.requests"])
    assert.ok(fields.includes(field), field);
  const structural = ["type", "properties", "required", "items", "additionalProperties", "enum", "pattern", "nullable"];
  const bounds = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"];
  assert.deepEqual(
    [...keywords].filter((keyword) => ![...structural, ...bounds].includes(keyword)),
    [],
  );
});
