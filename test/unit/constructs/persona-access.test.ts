import assert from "node:assert/strict";
import { test } from "node:test";
import { App, Testing } from "cdk8s";
import { ApplicationDeveloper } from "../../../lib/application-developer/application-developer.ts";
import { GatewayChart } from "../../../lib/cdk8s.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { rulesOf } from "../../../lib/infrastructure-provider/access/rules.ts";
import { InfrastructureProvider } from "../../../lib/infrastructure-provider/infrastructure-provider.ts";
import { clusterRules, namespaceRules } from "../../../lib/infrastructure-provider/installation/rules.ts";
import { PersonaAccess, type PersonaAccessProps } from "../../../lib/infrastructure-provider/persona-access.ts";

const carol: PersonaAccessProps = {
  persona: "ApplicationDeveloper",
  namespace: "store",
  subjects: [
    { kind: "Group", name: "store-team" },
    { kind: "User", name: "carol@acme.io" },
    { kind: "ServiceAccount", name: "deployer" },
    { kind: "ServiceAccount", name: "deployer", namespace: "ci" },
  ],
};

function made(props: PersonaAccessProps) {
  const { declared, findings } = objectsOf((scope) => {
    new PersonaAccess(new InfrastructureProvider(scope, "alice"), "store-team", props);
  });
  return { objects: declared.map(({ object }) => object), message: findings[0]?.message };
}

test("a persona's rights are a Role and a ClusterRole, bound to groups, users and service accounts", () => {
  const { objects } = made(carol);
  assert.deepEqual(
    objects.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name]),
    [
      ["Role", "store", "store-team"],
      ["RoleBinding", "store", "store-team"],
      ["ClusterRole", undefined, "store-store-team"],
      ["ClusterRoleBinding", undefined, "store-store-team"],
    ],
  );
  const apiGroup = "rbac.authorization.k8s.io";
  assert.deepEqual(objects[1]?.subjects, [
    { apiGroup, kind: "Group", name: "store-team" },
    { apiGroup, kind: "User", name: "carol@acme.io" },
    { kind: "ServiceAccount", name: "deployer", namespace: "store" },
    { kind: "ServiceAccount", name: "deployer", namespace: "ci" },
  ]);
  assert.deepEqual(objects[3]?.roleRef, { apiGroup, kind: "ClusterRole", name: "store-store-team" });
  assert.deepEqual(objects[2]?.rules, [
    { apiGroups: ["gateway.networking.k8s.io"], resources: ["gateways"], verbs: ["get", "list", "watch"] },
  ]);
});

test("no persona may do everything of anything, and only the provider leaves the Gateway API and its settings", () => {
  for (const persona of ["ApplicationDeveloper", "ClusterOperator", "InfrastructureProvider"] as const) {
    const { inNamespace, inCluster } = rulesOf(persona, "x");
    const own = persona === "InfrastructureProvider" ? [] : [...inNamespace, ...inCluster];
    for (const { apiGroups } of own)
      assert.ok(["gateway.networking.k8s.io", "gatewright.dev"].includes(apiGroups.join()), apiGroups.join());
    for (const { verbs, resources } of [...inNamespace, ...inCluster]) {
      assert.ok(![...verbs, ...resources].includes("*"));
      assert.ok(!verbs.includes("escalate") && !verbs.includes("bind") && !verbs.includes("impersonate"));
    }
  }
});

test("the provider holds whatever the installation grants", () => {
  const { inNamespace, inCluster } = rulesOf("InfrastructureProvider", "gatewright-system");
  const held = (rules: typeof inCluster) =>
    new Set(
      rules.flatMap(({ apiGroups, resources, resourceNames = [""], verbs }) =>
        [apiGroups, resources, resourceNames, verbs].reduce<string[]>(
          (before, part) => before.flatMap((start) => part.map((each) => `${start} ${each}`)),
          [""],
        ),
      ),
    );
  const missing = (all: ReadonlySet<string>, some: ReadonlySet<string>) => [...some].filter((one) => !all.has(one));
  assert.deepEqual(missing(held(inCluster), held(clusterRules)), []);
  assert.deepEqual(missing(held(inNamespace), held(namespaceRules)), []);
});

test("what is no persona, namespace or subject is refused, and so is another persona's scope", () => {
  assert.match(made({ ...carol, persona: "Carol" as never }).message ?? "", /persona is Carol; it is one of/);
  assert.match(made({ ...carol, namespace: "Store" }).message ?? "", /namespace is Store/);
  assert.match(made({ ...carol, subjects: [] }).message ?? "", /subjects is empty/);
  assert.match(
    made({ ...carol, subjects: [{ kind: "Team" as never, name: "x" }] }).message ?? "",
    /a subject is .*Team/,
  );
  const { findings } = objectsOf((scope) => {
    new PersonaAccess(new ApplicationDeveloper(scope, "carol") as never, "x", carol);
  });
  assert.match(findings[0]?.message ?? "", /a PersonaAccess belongs to an InfrastructureProvider scope/);
});

test("under cdk8s roles keep their rules", () => {
  const chart = new GatewayChart(new App(), "chart");
  new PersonaAccess(new InfrastructureProvider(chart, "alice"), "store-team", carol);
  const objects = Testing.synth(chart) as { kind: string; rules?: unknown[]; spec?: unknown }[];
  assert.deepEqual(
    objects.filter(({ kind }) => kind === "Role").map(({ rules = [], spec }) => [rules.length > 0, spec]),
    [[true, undefined]],
  );
});
