import assert from "node:assert/strict";
import { test } from "node:test";
import { App } from "cdk8s";
import type { Construct } from "constructs";
import { parseAllDocuments } from "yaml";
import { GatewayChart } from "../../../lib/cdk8s.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { GatewayApiCrds, GatewrightProxy, InfrastructureProvider, PersonaAccess } from "../../../lib/index.ts";
import { GatewayComponent } from "../../../lib/pulumi.ts";
import { terraformFiles } from "../../../lib/targets/terraform/terraform.ts";
import { emit } from "../../../lib/targets/yaml.ts";
import { declaration, program } from "../late/program.ts";
import { deploy } from "./pulumi/deployment.ts";

/** Declares everything: constructs of each kind, with and without labels and annotations, and the installation. */
function everything(scope: Construct): void {
  program(declaration)(scope);
  const dana = new InfrastructureProvider(scope, "dana");
  new GatewayApiCrds(dana, "crds");
  new GatewrightProxy(dana, "gatewright");
  new PersonaAccess(dana, "access", {
    persona: "ClusterOperator",
    namespace: "edge",
    subjects: [{ kind: "Group", name: "ops" }],
  });
}

/** Fields in which an empty value differs from none: every namespace, and an enabled subresource. */
const meaningful = /\.namespaceSelector$|\.subresources(\.status)?$/;

function emptyIn(value: unknown, path: string): readonly string[] {
  if (value === null || typeof value !== "object") return [];
  const members = Object.entries(value);
  if (members.length === 0) return meaningful.test(path) ? [] : [path];
  return members.flatMap(([key, member]) => emptyIn(member, `${path}.${key}`));
}

const inDocuments = (text: string) =>
  parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as { readonly kind: string; readonly metadata: { readonly name: string } };
    return emptyIn(object, `${object.kind} ${object.metadata.name}`);
  });

test("no target writes an empty map or list", async (t) => {
  const { declared } = objectsOf(everything);
  assert.ok(declared.length > 30);
  assert.deepEqual(inDocuments(emit(declared)), []);

  const app = new App();
  everything(new GatewayChart(app, "chart"));
  assert.deepEqual(inDocuments(app.synthYaml()), []);

  const files = terraformFiles(declared, { wait: true });
  assert.deepEqual(
    files.flatMap(({ text }) => emptyIn(JSON.parse(text).resource, "")),
    [],
  );

  const { objects } = await deploy(t, () => new GatewayComponent("acme", { define: everything }));
  assert.deepEqual(
    [...objects].flatMap(([name, { inputs }]) => emptyIn(inputs, name)),
    [],
  );
});
