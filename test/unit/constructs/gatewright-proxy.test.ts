import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Construct } from "constructs";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { ClusterOperator } from "../../../lib/cluster-operator/cluster-operator.ts";
import { Gateway } from "../../../lib/cluster-operator/gateway.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { GatewrightProxy, type GatewrightProxyProps } from "../../../lib/infrastructure-provider/gatewright-proxy.ts";
import { InfrastructureProvider } from "../../../lib/infrastructure-provider/infrastructure-provider.ts";
import { version } from "../../../lib/infrastructure-provider/installation/settings.ts";
import { emit } from "../../../lib/targets/yaml.ts";

function installed(props?: GatewrightProxyProps, namespace?: string): readonly AnyObject[] {
  const { declared, findings } = objectsOf((scope) => {
    new GatewrightProxy(
      new InfrastructureProvider(scope, "alice", namespace === undefined ? {} : { namespace }),
      "proxy",
      props,
    );
  });
  assert.deepEqual(findings, []);
  return declared.map(({ object }) => object);
}

const only = (objects: readonly AnyObject[], kind: string) => objects.filter((object) => object.kind === kind);

test("it makes a class that Gateways can name, and all that serves it", () => {
  const { declared, findings } = objectsOf((scope: Construct) => {
    const proxy = new GatewrightProxy(new InfrastructureProvider(scope, "alice"), "proxy");
    const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
    new Gateway(bob, "external", {
      gatewayClassName: proxy.gatewayClass,
      listeners: [{ name: "http", protocol: "HTTP", port: 80 }],
    });
  });
  assert.deepEqual(findings, []);
  const objects = declared.map(({ object }) => object);
  const [gateway] = only(objects, "Gateway");
  const [gatewayClass] = only(objects, "GatewayClass");
  assert.equal(
    ((gateway as AnyObject).spec as { gatewayClassName: string }).gatewayClassName,
    gatewayClass?.metadata.name,
  );
  assert.deepEqual(gatewayClass?.spec, { controllerName: "gatewright.dev/gateway-controller" });
  const kinds = [
    "CustomResourceDefinition",
    "Namespace",
    "ServiceAccount",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "Service",
    "Deployment",
    "PodDisruptionBudget",
    "NetworkPolicy",
  ];
  for (const kind of kinds) assert.equal(only(objects, kind).length, 1, kind);
});

test("it stays in its own namespace, whatever that of the scope", () => {
  for (const { kind, metadata } of installed({ namespace: "proxies" }, "alice")) {
    const ofCluster = ["CustomResourceDefinition", "Namespace", "ClusterRole", "ClusterRoleBinding", "GatewayClass"];
    const isOfCluster = ofCluster.includes(kind);
    assert.equal(metadata.namespace, isOfCluster ? undefined : "proxies", kind);
  }
});

test("no right is given by a wildcard, and none to read Secrets beyond those it lists, or to escalate", () => {
  const roles = installed().filter(({ kind }) => kind.endsWith("Role"));
  assert.equal(roles.length, 2);
  for (const { rules } of roles as (AnyObject & { rules: Record<string, string[]>[] })[]) {
    for (const rule of rules) {
      for (const values of Object.values(rule)) assert.ok(!values.includes("*"), JSON.stringify(rule));
      assert.ok(!rule.verbs?.some((verb) => ["bind", "escalate", "impersonate"].includes(verb)));
      assert.ok(!("reason" in rule));
    }
  }
});

test("the controller runs as nobody and cannot write to its file system", () => {
  const [deployment] = only(installed(), "Deployment");
  const text = emit([{ object: deployment as AnyObject, origin: { construct: "test" } }]);
  for (const line of [
    "runAsNonRoot: true",
    "readOnlyRootFilesystem: true",
    "allowPrivilegeEscalation: false",
    "type: RuntimeDefault",
  ]) {
    assert.ok(text.includes(line), line);
  }
});

test("settings reach the controller", () => {
  const [deployment] = only(
    installed({ replicas: 1, image: "mine:2", controllerName: "acme.io/c", imagePullPolicy: "Never" }),
    "Deployment",
  );
  const text = JSON.stringify(deployment);
  assert.match(text, /"replicas":1/);
  assert.match(text, /"image":"mine:2","imagePullPolicy":"Never"/);
  assert.match(text, /"--controller-name","acme.io\/c"/);
  assert.equal(only(installed({ replicas: 1 }), "PodDisruptionBudget").length, 0);
});

test("a scope of another persona cannot make it", () => {
  let thrown: unknown;
  objectsOf((scope) => {
    try {
      new GatewrightProxy(new ClusterOperator(scope, "bob") as unknown as InfrastructureProvider, "proxy");
    } catch (error) {
      thrown = error;
    }
  });
  assert.match(String(thrown), /GatewrightProxy belongs to an InfrastructureProvider scope/);
});

test("the image is that of the package's version", () => {
  const { version: published } = JSON.parse(
    readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
  ) as {
    version: string;
  };
  assert.equal(version, published);
});

test("installations in several namespaces have rights of their own, and the usual one keeps its names", () => {
  const rights = (namespace?: string) => {
    const objects = installed(namespace === undefined ? {} : { namespace, gatewayClassName: namespace });
    const binding = only(objects, "ClusterRoleBinding")[0] as AnyObject & {
      readonly roleRef?: { readonly name: string };
    };
    return [only(objects, "ClusterRole")[0]?.metadata.name, binding.metadata.name, binding.roleRef?.name];
  };
  assert.deepEqual(rights(), Array(3).fill("gatewright-controller"));
  assert.deepEqual(rights("gatewright-system"), rights());
  assert.deepEqual(rights("blue"), Array(3).fill("gatewright-controller-blue"));
  const ofCluster = (namespace: string) =>
    installed({ namespace, gatewayClassName: namespace })
      .filter(({ metadata }) => metadata.namespace === undefined)
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const shared = ofCluster("blue").filter((one) => ofCluster("green").includes(one));
  assert.deepEqual(shared, ["CustomResourceDefinition gatewayparameters.gatewright.dev"], "the same for all");
});
