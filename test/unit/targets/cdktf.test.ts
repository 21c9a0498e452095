import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as cdktf from "cdktf";
import * as cdktn from "cdktn";
import type { Construct } from "constructs";
import acme from "../../../examples/acme/acme.ts";
import { GatewayStack as CdktfStack } from "../../../lib/cdktf.ts";
import { GatewayStack as CdktnStack } from "../../../lib/cdktn.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { ApplicationDeveloper, ClusterOperator, Gateway, HTTPRoute } from "../../../lib/index.ts";
import { terraformFiles } from "../../../lib/targets/terraform/terraform.ts";

interface Main {
  readonly resource: {
    readonly kubernetes_manifest: Readonly<
      Record<string, { manifest: Manifest; wait?: unknown; depends_on?: string[] }>
    >;
    readonly terraform_data?: Readonly<Record<string, { depends_on: string[] }>>;
  };
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: unknown };
  readonly spec: unknown;
}

const engines = [
  { name: "cdktf", engine: cdktf, Stack: CdktfStack },
  { name: "cdktn", engine: cdktn as unknown as typeof cdktf, Stack: CdktnStack as unknown as typeof CdktfStack },
];

for (const { name, engine, Stack } of engines) {
  describe(`a GatewayStack under ${name}`, () => {
    const stackOf = (props?: ConstructorParameters<typeof CdktfStack>[2]) =>
      new Stack(new engine.App({ outdir: "unused" }), "stack", props);
    const synth = (stack: CdktfStack) => JSON.parse(engine.Testing.synth(stack, true)) as Main;
    const provided = (stack: CdktfStack) => {
      class KubernetesProvider extends engine.TerraformProvider {}
      new KubernetesProvider(stack, "kubernetes", {
        terraformResourceType: "kubernetes",
        terraformProviderSource: "hashicorp/kubernetes",
        terraformGeneratorMetadata: { providerName: "kubernetes", providerVersionConstraint: ">= 2.8.0" },
      });
      return stack;
    };

    it("has the manifests, waits and order that synth --target terraform writes", () => {
      const stack = provided(stackOf());
      acme(stack);
      const main = synth(stack);
      const ours = terraformFiles(objectsOf(acme).declared, { wait: true }).map(({ text }) => JSON.parse(text) as Main);
      const byName = (mains: readonly Main[]) =>
        mains
          .flatMap(({ resource }) => Object.values(resource.kubernetes_manifest))
          .map(({ manifest, wait }) => ({ manifest, wait }))
          .sort((left, right) => (left.manifest.kind < right.manifest.kind ? -1 : 1));
      assert.deepEqual(byName([main]), byName(ours));
      const { terraform_data: barriers = {} } = main.resource;
      const kindOf = (address = "") => main.resource.kubernetes_manifest[address.replace(/^\w+\./, "")]?.manifest.kind;
      assert.deepEqual(
        Object.fromEntries(Object.entries(barriers).map(([group, { depends_on }]) => [group, depends_on.map(kindOf)])),
        { classes: ["GatewayClass"], gateways: ["Gateway"], routes: ["HTTPRoute"] },
      );
      const dependencies = Object.values(main.resource.kubernetes_manifest).map(({ manifest, depends_on = [] }) => [
        manifest.kind,
        depends_on,
      ]);
      assert.deepEqual(dependencies.sort(), [
        ["Gateway", ["terraform_data.classes"]],
        ["GatewayClass", []],
        ["HTTPRoute", ["terraform_data.gateways"]],
      ]);
    });

    it("keeps the engine's late values, and leaves them to a later check", () => {
      const stack = provided(stackOf({ labels: { company: "acme" }, wait: false }));
      const variable = new engine.TerraformVariable(stack, "weight", { type: "number" });
      route(stack, {
        name: new engine.TerraformVariable(stack, "service", {}).stringValue,
        weight: variable.numberValue,
      });
      const routes = Object.values(synth(stack).resource.kubernetes_manifest).filter(
        ({ manifest }) => manifest.kind === "HTTPRoute",
      );
      const [{ manifest, wait } = assert.fail()] = routes;
      assert.equal(wait, undefined);
      assert.deepEqual(manifest.metadata.labels, { company: "acme" });
      const { rules } = manifest.spec as { rules: { matches: unknown; backendRefs: unknown }[] };
      assert.deepEqual(rules[0]?.backendRefs, [
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's references
        { name: "${var.service}", port: 8080, weight: "${var.weight}" },
      ]);
      assert.deepEqual(rules[0]?.matches, [{ headers: [{ name: "x", value: "$${x}" }] }]);
    });

    it("fails synthesis with the findings, each with the path of its construct", () => {
      const stack = provided(stackOf());
      route(stack, { name: "acme-store", port: 80800 });
      assert.throws(
        () => synth(stack),
        /stack\/carol\/route: GW1106 HTTPRoute store\/route spec\.rules\[0\]\.backendRefs\[0\]\.port: .*80800/,
      );
    });

    it("ignores what it is told to", () => {
      const rule = { code: "GW1106", object: "HTTPRoute store/route", reason: "the CRD here is patched" };
      const stack = provided(stackOf({ ignore: [rule] }));
      route(stack, { name: "acme-store", port: 80800 });
      synth(stack);
      const malformed = provided(stackOf({ ignore: [{ ...rule, reason: "" }] }));
      assert.throws(() => synth(malformed), /GW1038: .*the reason is missing/);
    });
  });
}

function route(scope: Construct, backend: { name: string; port?: number; weight?: number }): void {
  const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
  const listeners = [
    { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } },
  ] as const;
  const gateway = new Gateway(bob, "g", { gatewayClassName: "external", listeners });
  new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "route", {
    parentRefs: [gateway],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform must read it unchanged
    rules: [{ matches: [{ headers: [{ name: "x", value: "${x}" }] }], backendRefs: [{ port: 8080, ...backend }] }],
  });
}
