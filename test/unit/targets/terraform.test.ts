import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { AnyObject, Declared, PersonaName } from "../../../lib/api/declared/declared.ts";
import { rankOf } from "../../../lib/targets/order.ts";
import { resourceName } from "../../../lib/targets/terraform/address.ts";
import { rootModuleOf } from "../../../lib/targets/terraform/root-modules.ts";
import { literal, literalBesideTokens } from "../../../lib/targets/terraform/template.ts";
import { terraformFiles } from "../../../lib/targets/terraform/terraform.ts";
import { waitFor } from "../../../lib/targets/terraform/wait.ts";

const gatewayGroup = "gateway.networking.k8s.io/v1";

function object(kind: string, name: string, rest: Partial<AnyObject> & { namespace?: string } = {}): AnyObject {
  const { namespace = "store", ...members } = rest;
  return { apiVersion: gatewayGroup, kind, metadata: { name, namespace }, ...members };
}

function declare(one: AnyObject, persona?: PersonaName): Declared {
  return { object: one, origin: { construct: "test" }, ...(persona !== undefined && { persona }) };
}

const name = fc.stringMatching(/^[a-z0-9]([-.:a-z0-9]{0,6}[a-z0-9])?$/);
const identity = fc.record({
  apiVersion: fc.constantFrom(gatewayGroup, "v1", "example.com/v1", "other.example.com/v1"),
  kind: fc.constantFrom("Gateway", "Service", "Role"),
  metadata: fc.oneof(
    fc.record({ name }),
    fc.record({ name, namespace: fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,4}[a-z0-9])?$/) }),
  ),
});

test("objects that differ in group, kind, namespace or name have resources of different names, which Terraform can hold", () => {
  fc.assert(
    fc.property(identity, identity, (left, right) => {
      for (const one of [left, right]) assert.match(resourceName(one), /^[a-z_][a-zA-Z0-9_-]*$/);
      const groupless = ({ apiVersion, kind, metadata }: AnyObject) =>
        // No kind is in two of these groups, so the names have no group.
        JSON.stringify([
          ["v1", gatewayGroup].includes(apiVersion) ? "" : apiVersion,
          kind,
          metadata.namespace,
          metadata.name,
        ]);
      assert.equal(resourceName(left) === resourceName(right), groupless(left) === groupless(right));
    }),
    { numRuns: 2_000 },
  );
});

test("the order of the objects changes nothing, and one that is declared twice is written twice", () => {
  const objects = [
    object("HTTPRoute", "r"),
    object("HTTPRoute", "a.b"),
    object("Gateway", "g"),
    object("Gateway", "g"),
  ];
  const declared = objects.map((one) => declare(one));
  const files = terraformFiles(declared, { wait: true });
  assert.deepEqual(terraformFiles(declared.toReversed(), { wait: true }), files);
  assert.deepEqual(
    files.map(({ path }) => path),
    ["3-cluster-operator/main.tf.json", "4-application-developer/main.tf.json"],
  );
  assert.deepEqual(resourcesOf(files[0]?.text), ["gateway_store_g", "gateway_store_g_2"]);
  assert.deepEqual(resourcesOf(files[1]?.text), ["httproute_store_a__b", "httproute_store_r"]);
});

test("an object goes to the persona that declared it, or whose kind it is, or whose Gateway names it", () => {
  const grant = (from: string) => object("ReferenceGrant", `from-${from}`, { spec: { from: [{ kind: from }] } });
  const core = (kind: string, its: string, namespace?: string) => ({
    ...object(kind, its, namespace === undefined ? {} : { namespace }),
    apiVersion: "v1",
  });
  const tls = { certificateRefs: [{ name: "edge-tls" }, { name: "other-tls", namespace: "certs" }] };
  const validation = { caCertificateRefs: [{ kind: "ConfigMap", name: "clients" }] };
  const gateway = object("Gateway", "g", { spec: { listeners: [{ name: "http", tls }], tls: { validation } } });
  const cases: readonly (readonly [Declared, string])[] = [
    [declare(object("CustomResourceDefinition", "x")), "1-crds"],
    [declare(object("GatewayClass", "x")), "2-infrastructure-provider"],
    [declare(core("Namespace", "x")), "2-infrastructure-provider"],
    [
      declare({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "x" } }),
      "2-infrastructure-provider",
    ],
    [declare(gateway), "3-cluster-operator"],
    [declare(object("ListenerSet", "x")), "3-cluster-operator"],
    [declare(object("ListenerSet", "x"), "ApplicationDeveloper"), "4-application-developer"],
    [declare(grant("Gateway")), "3-cluster-operator"],
    [declare(grant("HTTPRoute")), "4-application-developer"],
    [declare(core("Secret", "edge-tls")), "3-cluster-operator"],
    [declare(core("Secret", "other-tls", "certs")), "3-cluster-operator"],
    [declare(core("ConfigMap", "clients")), "3-cluster-operator"],
    [declare(core("Secret", "http")), "4-application-developer"],
    [declare(core("Service", "x"), "InfrastructureProvider"), "2-infrastructure-provider"],
    [declare(object("HTTPRoute", "x")), "4-application-developer"],
  ];
  const moduleOf = rootModuleOf(cases.map(([one]) => one));
  assert.deepEqual(
    cases.map(([one]) => moduleOf(one)),
    cases.map(([, module]) => module),
  );
});

test("what classes and Gateways refer to is applied in their module, and before them", () => {
  const parameters = (its: string, namespace: string): AnyObject => ({
    apiVersion: "gatewright.dev/v1alpha1",
    kind: "GatewayParameters",
    metadata: { name: its, namespace },
  });
  const map = (its: string): AnyObject => ({ ...object("ConfigMap", its), apiVersion: "v1" });
  const other = { ...object("GatewayParameters", "own"), apiVersion: "other.example.com/v1" };
  const ofGatewright = { group: "gatewright.dev", kind: "GatewayParameters" };
  const gatewayClass = (its: string, parametersRef: object): AnyObject => ({
    apiVersion: gatewayGroup,
    kind: "GatewayClass",
    metadata: { name: its },
    spec: { parametersRef },
  });
  const gateway = (its: string, parametersRef: object): AnyObject =>
    object("Gateway", its, { spec: { infrastructure: { parametersRef } } });
  const backend = { clientCertificateRef: { name: "client" } };
  const objects = [
    gatewayClass("mapped", { group: "", kind: "ConfigMap", name: "proxies", namespace: "store" }),
    gatewayClass("based", { ...ofGatewright, name: "base", namespace: "store" }),
    gateway("g", { ...ofGatewright, name: "own" }),
    gateway("h", { ...ofGatewright, name: "base" }),
    gateway("i", { group: "", kind: "ConfigMap", name: "mine" }),
    object("Gateway", "j", { spec: { tls: { backend } } }),
    { ...object("Secret", "client"), apiVersion: "v1" },
    ...[map("proxies"), map("mine"), map("unnamed"), other],
    ...[parameters("base", "store"), parameters("own", "store"), parameters("own", "elsewhere")],
  ];
  const declared = objects.map((one) => declare(one));
  const files = terraformFiles(declared, { wait: true });
  const modules = files.map(({ path, text }) => [path.slice(0, 1), resourcesOf(text)]);
  assert.deepEqual(modules, [
    [
      "2",
      [
        "configmap_store_proxies",
        "gatewayparameters__gatewright__dev_store_base",
        "gatewayclass_based",
        "gatewayclass_mapped",
      ],
    ],
    [
      "3",
      [
        "configmap_store_mine",
        "secret_store_client",
        "gatewayparameters__gatewright__dev_store_own",
        "gateway_store_g",
        "gateway_store_h",
        "gateway_store_i",
        "gateway_store_j",
      ],
    ],
    [
      "4",
      [
        "configmap_store_unnamed",
        "gatewayparameters__gatewright__dev_elsewhere_own",
        "gatewayparameters__other__example__com_store_own",
      ],
    ],
  ]);
  // Pulumi and the numbered files use the same ranks.
  for (const named of [parameters("own", "store"), map("mine")]) {
    for (const kind of ["GatewayClass", "Gateway"]) assert.ok(rankOf(named) < rankOf({ kind }));
  }
  const [provider] = files;
  const { resource } = JSON.parse(provider?.text ?? "{}");
  assert.deepEqual(resource.kubernetes_manifest.gatewayclass_based.depends_on, ["terraform_data.workloads"]);
  assert.deepEqual(resource.terraform_data.workloads.depends_on, [
    "kubernetes_manifest.gatewayparameters__gatewright__dev_store_base",
  ]);
});

test("what is declared in a persona's scope stays there, and what it refers to comes with it", () => {
  const tls = { certificateRefs: [{ name: "edge-tls" }] };
  const gateway = declare(object("Gateway", "g", { spec: { listeners: [{ tls }] } }), "InfrastructureProvider");
  const secret = { ...object("Secret", "edge-tls"), apiVersion: "v1" };
  const moduleOf = rootModuleOf([gateway, declare(secret)]);
  assert.equal(moduleOf(declare(secret)), "2-infrastructure-provider");
  assert.equal(moduleOf(declare(secret, "ApplicationDeveloper")), "4-application-developer");
});

test("an apply waits for what a controller says of the object", () => {
  const route = object("HTTPRoute", "r", { spec: { parentRefs: [{ name: "a" }, { name: "b" }] } });
  assert.deepEqual(waitFor(object("Gateway", "g")), { condition: [{ type: "Programmed", status: "True" }] });
  assert.deepEqual(waitFor(object("GatewayClass", "c")), { condition: [{ type: "Accepted", status: "True" }] });
  assert.deepEqual(waitFor({ ...object("Deployment", "d"), apiVersion: "apps/v1" }), { rollout: true });
  assert.deepEqual(Object.keys(waitFor(route)?.fields ?? {}), [
    "status.parents[0].conditions[0].status",
    "status.parents[0].conditions[1].status",
    "status.parents[1].conditions[0].status",
    "status.parents[1].conditions[1].status",
  ]);
  assert.equal(waitFor(object("HTTPRoute", "of-no-parent")), undefined);
  assert.equal(waitFor({ ...object("Gateway", "istio"), apiVersion: "networking.istio.io/v1" }), undefined);
  const [file] = terraformFiles([declare(route)], { wait: false });
  assert.doesNotMatch(file?.text ?? "", /"wait"/);
});

test("every interpolation is doubled, tokens too, which only the CDK for Terraform resolves", () => {
  const dollar = "$";
  const text = `${dollar}{TfToken[x]} %{if} ${dollar}{c} $$`;
  assert.equal(literal(text), `$${dollar}{TfToken[x]} %%{if} $${dollar}{c} $$`);
  assert.equal(literalBesideTokens(text), `${dollar}{TfToken[x]} %%{if} $${dollar}{c} $$`);
  const [file] = terraformFiles([declare(object("HTTPRoute", "r", { spec: { value: text } }))], { wait: false });
  assert.ok(file?.text.includes(`"$${dollar}{TfToken[x]} %%{if} $${dollar}{c} $$"`));
});

test("status is left out, and a namespace that the provider asks for is written", () => {
  const route = {
    apiVersion: gatewayGroup,
    kind: "HTTPRoute",
    metadata: { name: "r" },
    spec: {},
    status: { parents: [] },
  };
  const { status: _, ...withoutStatus } = route;
  const [file] = terraformFiles([declare(route)], { wait: true });
  const { resource } = JSON.parse(file?.text ?? "") as { resource: { kubernetes_manifest: Record<string, unknown> } };
  assert.deepEqual(resource.kubernetes_manifest, {
    httproute_default_r: {
      manifest: { ...withoutStatus, metadata: { name: "r", namespace: "default" } },
    },
  });
});

function resourcesOf(text = "{}"): string[] {
  const { resource } = JSON.parse(text) as { resource: { kubernetes_manifest: object } };
  return Object.keys(resource.kubernetes_manifest);
}
