import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import type { AnyObject, Declared } from "../../../lib/api/declared/declared.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { terraformFiles } from "../../../lib/targets/terraform/terraform.ts";
import { emit } from "../../../lib/targets/yaml.ts";
import { writeTranscript } from "../../transcript.ts";
import { gatewright } from "../../unit/cli/gatewright.ts";
import { Terraform, whyNot } from "./terraform-command.ts";

const skip = whyNot() ?? false;
const modules = ["1-crds", "2-infrastructure-provider", "3-cluster-operator", "4-application-developer"];

for (const sources of [
  ["examples/acme/acme.ts"],
  ["examples/seed/6-canary-header.yaml", "--install"],
  ["examples/seed/3-gateway-upgrade.yaml", "examples/seed/1-acme-store.yaml"],
]) {
  test(`terraform plans ${sources.join(" ")} as gatewright synth writes it in YAML`, { skip }, async (t) => {
    const directory = temporary(t);
    const written = await gatewright(["synth", ...sources, "--target", "terraform", "-d", directory]);
    assert.equal(written.code, 0, written.stderr);
    const terraform = new Terraform(t);
    const planned = modules
      .filter((module) => existsSync(join(directory, module)))
      .flatMap((module) => {
        assert.deepEqual(terraform.validate(join(directory, module)), []);
        return terraform.plan(join(directory, module));
      });
    const { stdout: yaml } = await gatewright(["synth", ...sources]);
    const expected = parseDocuments(yaml, "synth.yaml").declared.map(({ object }) => inDefault(object));
    assert.deepEqual(sorted(manifestsOf(planned)), sorted(expected));
  });
}

test("terraform shows a route as the program has it", { skip }, async (t) => {
  const directory = temporary(t);
  await gatewright(["synth", "examples/acme/acme.ts", "--target", "terraform", "-d", directory]);
  const output = new Terraform(t).planText(join(directory, "4-application-developer"));
  assert.match(output, /# kubernetes_manifest\.httproute_store_acme-store will be created/);
  assert.match(output, /Plan: 1 to add, 0 to change, 0 to destroy\./);
  // Output about the tests' own provider is removed: a user does not see it.
  const shown = output.slice(output.indexOf("Terraform used the selected"), output.indexOf("Plan:")).trim();
  const summary = /^Plan: .*$/m.exec(output)?.[0] ?? "";
  writeTranscript(
    "docs/terraform.md",
    "plan",
    "terraform -chdir=infra/4-application-developer plan",
    `${shown}\n\n${summary}`,
  );
});

test("terraform reads every string as it was, also one that looks like a template of its own", { skip }, (t) => {
  const strange = [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the test searches for this text
    "${path.module}",
    "$${x}",
    "%{ if true }",
    "%%{",
    "$",
    "a$b{c}",
    '"\\',
    "é\u2028\u0001",
    "<&>",
    "${",
  ];
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "strange", namespace: "edge", annotations: { "${x}": "%{y}" } },
    data: Object.fromEntries(strange.map((text, index) => [`k${index}`, text])),
  };
  const [module = ""] = write(t, [object]);
  assert.deepEqual(manifestsOf(new Terraform(t).plan(module)), [object]);
});

test("each object is applied after what it stands on", { skip }, (t) => {
  const gateway = (kind: string, name: string, spec: unknown = {}) => ({
    ...{ apiVersion: "gateway.networking.k8s.io/v1", kind, metadata: { name, namespace: "store" } },
    spec,
  });
  const [module = ""] = write(t, [
    gateway("HTTPRoute", "r", { parentRefs: [{ name: "g" }, { name: "h" }] }),
    gateway("ReferenceGrant", "grant", { from: [{ kind: "HTTPRoute" }] }),
    { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d", namespace: "store" } },
    { apiVersion: "v1", kind: "Service", metadata: { name: "s", namespace: "store" } },
  ]);
  const terraform = new Terraform(t);
  assert.deepEqual(terraform.validate(module), []);
  assert.deepEqual(terraform.dependencies(module).sort(), [
    "kubernetes_manifest.deployment_store_d -> terraform_data.grants_and_services",
    "kubernetes_manifest.httproute_store_r -> terraform_data.workloads",
    "terraform_data.grants_and_services -> kubernetes_manifest.referencegrant_store_grant",
    "terraform_data.grants_and_services -> kubernetes_manifest.service_store_s",
    "terraform_data.workloads -> kubernetes_manifest.deployment_store_d",
  ]);
});

test("the stand-in refuses what the provider refuses without a cluster", { skip }, (t) => {
  const module = temporary(t);
  const resource = { manifest: { kind: "X", metadata: {} }, wait: { rollout: true, condition: [{ type: "A" }] } };
  const text = JSON.stringify({ resource: { kubernetes_manifest: { wrong: resource } } });
  writeFileSync(join(module, "main.tf.json"), text);
  assert.deepEqual(
    new Terraform(t)
      .validate(module)
      .sort()
      .map((line) => line.replace(/: .*/, "")),
    ["'apiVersion' attribute key is missing from manifest configuration", "only one of these may be set in wait"],
  );
});

function write(context: TestContext, objects: readonly object[]): string[] {
  const directory = temporary(context);
  const declared = objects.map((object): Declared => ({ object: object as AnyObject, origin: { construct: "test" } }));
  return terraformFiles(declared, { wait: true }).map(({ path, text }) => {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), text);
    assert.equal(readFileSync(join(directory, path), "utf8"), text);
    return join(directory, dirname(path));
  });
}

function manifestsOf(planned: ReturnType<Terraform["plan"]>): unknown[] {
  return planned.flatMap(({ values }) => (values.manifest === undefined ? [] : [values.manifest]));
}

/** Sorts objects, so that two lists can be compared. */
function sorted(objects: readonly unknown[]): string {
  return emit(objects.map((object): Declared => ({ object: object as AnyObject, origin: { construct: "test" } })));
}

function inDefault(object: AnyObject): AnyObject {
  const { namespace } = object.metadata;
  const ofCluster = ["CustomResourceDefinition", "GatewayClass", "Namespace", "ClusterRole", "ClusterRoleBinding"];
  if (namespace !== undefined || ofCluster.includes(object.kind)) return object;
  return { ...object, metadata: { ...object.metadata, namespace: "default" } };
}

function temporary(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "gatewright-modules-"));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}
