import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiObject, App, Chart, JsonPatch, Lazy, Testing } from "cdk8s";
import { Construct } from "constructs";
import type { Declared } from "../../../lib/api/declared/declared.ts";
import { ApplicationDeveloper } from "../../../lib/application-developer/application-developer.ts";
import { service } from "../../../lib/application-developer/backends.ts";
import { HTTPRoute } from "../../../lib/application-developer/http-route.ts";
import { ClusterOperator } from "../../../lib/cluster-operator/cluster-operator.ts";
import { Gateway } from "../../../lib/cluster-operator/gateway.ts";
import { ManifestChart } from "../../../lib/engines/cdk8s/host.ts";
import type { Finding } from "../../../lib/findings/finding.ts";
import { sourceOf } from "../../../lib/findings/finding.ts";
import { GatewayClass } from "../../../lib/infrastructure-provider/gateway-class.ts";
import { InfrastructureProvider } from "../../../lib/infrastructure-provider/infrastructure-provider.ts";

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  readonly spec: unknown;
}

const listeners = [
  { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } },
] as const;
const nothing = () => [];

const synth = (chart: Chart) => Testing.synth(chart) as Manifest[];
const routeSpec = (chart: Chart) => synth(chart).find(({ kind }) => kind === "HTTPRoute")?.spec;

/** Returns the message of the error that cdk8s throws at synthesis. */
function failure(app: App): string {
  try {
    app.synthYaml();
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail("the synthesis did not fail");
}

/** Makes a validation with an error for every object of a kind, which counts its calls. */
function failing(kind: string) {
  const runs: (readonly Declared[])[] = [];
  const check = (declared: readonly Declared[]): Finding[] => {
    runs.push(declared);
    return declared
      .filter(({ object }) => object.kind === kind)
      .map(({ origin }) => ({ code: "GW2001", severity: "error", message: `no ${kind}`, origin, fix: "Leave it" }));
  };
  return { check, runs };
}

test("each manifest becomes an ApiObject below its construct, named by its id", () => {
  const chart = new ManifestChart(new App(), "chart", {}, nothing);
  const carol = new ApplicationDeveloper(chart, "carol", { namespace: "store" });
  const route = new HTTPRoute(carol, "acme-store", { hostnames: ["acme.io"] });
  assert.deepEqual(synth(chart), [
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "acme-store", namespace: "store" },
      spec: { hostnames: ["acme.io"] },
    },
  ]);
  assert.equal(ApiObject.of(route).name, "acme-store");
  assert.equal(ApiObject.of(route).node.path, "chart/carol/acme-store/Resource");
});

test("the chart's namespace is the default, a scope's own wins, and cluster-scoped kinds get none", () => {
  const chart = new ManifestChart(new App(), "chart", { namespace: "edge" }, nothing);
  const defaulted = new ApplicationDeveloper(chart, "defaulted");
  assert.equal(defaulted.namespace, "edge");
  new HTTPRoute(defaulted, "a", {});
  new HTTPRoute(new ApplicationDeveloper(chart, "own", { namespace: "store" }), "b", {});
  new GatewayClass(new InfrastructureProvider(chart, "alice"), "lb", { controllerName: "acme.io/gateway-controller" });
  assert.deepEqual(
    synth(chart).map(({ metadata }) => metadata),
    [{ name: "a", namespace: "edge" }, { name: "b", namespace: "store" }, { name: "lb" }],
  );
});

test("the chart's labels are on every object, its own win, and they count for selectRoutes", () => {
  const chart = new ManifestChart(new App(), "chart", { labels: { team: "store", app: "chart" } }, nothing);
  const bob = new ClusterOperator(chart, "bob", { namespace: "edge" });
  const gateway = new Gateway(bob, "external", { gatewayClassName: "lb", listeners });
  gateway.selectRoutes({ matchLabels: { team: "store", app: "acme" } });
  const carol = new ApplicationDeveloper(chart, "carol", { namespace: "store" });
  new HTTPRoute(carol, "route", { metadata: { labels: { app: "acme" } } });
  assert.deepEqual(
    synth(chart).map(({ metadata }) => metadata.labels),
    [
      { team: "store", app: "chart" },
      { team: "store", app: "acme" },
    ],
  );
  assert.deepEqual(routeSpec(chart), { parentRefs: [{ name: "external", namespace: "edge" }] });
});

test("a selection by namespace labels reads the Namespaces that the app declares", () => {
  const app = new App();
  const namespaces = new Chart(app, "namespaces");
  new ApiObject(namespaces, "store", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "store", labels: { team: "carol" } },
  });
  const chart = new ManifestChart(app, "chart", {}, nothing);
  const from = (team: string) => ({ from: "Selector", selector: { matchLabels: { team } } }) as const;
  for (const team of ["carol", "dave"]) {
    const gateway = new Gateway(new ClusterOperator(chart, `bob-for-${team}`, { namespace: "edge" }), team, {
      gatewayClassName: "lb",
      listeners: [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: from(team) } }],
    });
    gateway.selectRoutes({ matchLabels: { app: "acme" } });
  }
  const carol = new ApplicationDeveloper(chart, "carol", { namespace: "store" });
  new HTTPRoute(carol, "route", { metadata: { labels: { app: "acme" } } });
  assert.deepEqual(routeSpec(chart), { parentRefs: [{ name: "carol", namespace: "edge" }] });
});

test("late values are resolved at synthesis: cdk8s' own, its tokens, and any with produce", () => {
  const chart = new ManifestChart(new App(), "chart", {}, nothing);
  const namespace = Lazy.any({ produce: () => "store" }) as { produce(): string };
  const carol = new ApplicationDeveloper(chart, "carol", { namespace });
  let port = 0;
  new HTTPRoute(carol, "late", {
    metadata: { name: { produce: () => "acme-store" } },
    hostnames: [{ resolve: () => "acme.io" } as never],
    rules: [
      { backendRefs: [{ ...service("a", { produce: () => port }), weight: Lazy.any({ produce: () => 9 }) as never }] },
    ],
  });
  port = 8080;
  assert.deepEqual(synth(chart)[0], {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: "acme-store", namespace: "store" },
    spec: { hostnames: ["acme.io"], rules: [{ backendRefs: [{ name: "a", port: 8080, weight: 9 }] }] },
  });
});

test("node.addDependency orders the objects", () => {
  const chart = new ManifestChart(new App(), "chart", {}, nothing);
  const carol = new ApplicationDeveloper(chart, "carol");
  const first = new HTTPRoute(carol, "first", {});
  const second = new HTTPRoute(carol, "second", {});
  first.node.addDependency(second);
  assert.deepEqual(
    synth(chart).map(({ metadata }) => metadata.name),
    ["second", "first"],
  );
});

test("node.addValidation of a construct fails the synthesis with its path", () => {
  const app = new App();
  const chart = new ManifestChart(app, "chart", {}, nothing);
  const route = new HTTPRoute(new ApplicationDeveloper(chart, "carol"), "route", {});
  route.node.addValidation({ validate: () => ["the team says no"] });
  assert.match(failure(app), /\[chart\/carol\/route\] the team says no/);
});

test("errors fail the synthesis at the construct, each once; advice and notes do not", () => {
  const app = new App();
  const { check } = failing("HTTPRoute");
  const chart = new ManifestChart(app, "chart", {}, (declared) => [
    ...check(declared),
    ...declared.map(({ origin }): Finding => ({ code: "GW3001", severity: "advice", message: "advice", origin })),
  ]);
  new HTTPRoute(new ApplicationDeveloper(chart, "carol"), "route", {});
  assert.match(
    failure(app) ?? "",
    /^Validation failed with the following errors:\n {2}\[chart\/carol\/route\] GW2001: no HTTPRoute\. Leave it \(declared at test\/unit\/targets\/cdk8s\.test\.ts:\d+\)$/,
  );
});

test("an object of others in the chart is checked too, and the chart says so; one outside is only context", () => {
  const app = new App();
  const { check } = failing("TCPRoute");
  const chart = new ManifestChart(app, "chart", {}, check);
  const metadata = { name: "theirs" };
  const theirs = new Construct(chart, "theirs");
  new ApiObject(theirs, "route", { apiVersion: "gateway.networking.k8s.io/v1", kind: "TCPRoute", metadata });
  new ApiObject(new Chart(app, "other"), "route", {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "TCPRoute",
    metadata,
  });
  assert.equal(
    failure(app),
    "Validation failed with the following errors:\n  [chart] chart/theirs/route: GW2001: no TCPRoute. Leave it",
  );
});

test("the check sees what is written: objects of all charts, patches, labels, lazy values", () => {
  const app = new App();
  const { check, runs } = failing("none");
  const chart = new ManifestChart(app, "chart", {}, check);
  const route = new HTTPRoute(new ApplicationDeveloper(chart, "carol"), "route", {
    hostnames: [{ produce: () => "a.io" }],
  });
  ApiObject.of(route).metadata.addLabel("added", "later");
  ApiObject.of(route).addJsonPatch(JsonPatch.add("/spec/rules", []));
  new ApiObject(new Chart(app, "other"), "service", { apiVersion: "v1", kind: "Service", metadata: { name: "a" } });
  app.synthYaml();
  assert.deepEqual(
    runs[0]?.map(({ object, origin }) => [object.kind, object.metadata.labels, object.spec, sourceOf(origin)]),
    [
      ["HTTPRoute", { added: "later" }, { hostnames: ["a.io"], rules: [] }, "chart/carol/route"],
      ["Service", undefined, undefined, "other/service"],
    ],
  );
});

test("cdk8s validates once for the app and once for each chart; the check runs once", () => {
  const app = new App();
  const { check, runs } = failing("none");
  for (const id of ["a", "b", "c"]) {
    new HTTPRoute(new ApplicationDeveloper(new ManifestChart(app, id, {}, check), "carol"), "route", {});
  }
  app.synthYaml();
  assert.equal(runs.length, 1);
});

test("what is added after a synthesis is checked at the next", () => {
  const app = new App();
  const { check, runs } = failing("HTTPRoute");
  const chart = new ManifestChart(app, "chart", {}, check);
  app.synthYaml();
  new HTTPRoute(new ApplicationDeveloper(chart, "carol"), "route", {});
  assert.match(failure(app), /\[chart\/carol\/route\] GW2001/);
  new HTTPRoute(new ApplicationDeveloper(new ManifestChart(app, "chart-2", {}, check), "carol"), "route", {});
  assert.match(failure(app), /\[chart-2\/carol\/route\] GW2001/);
  assert.equal(runs.length, 3);
});

test("a value of another engine is an error at its field", () => {
  const app = new App();
  const chart = new ManifestChart(app, "chart", {}, nothing);
  class Output {
    apply() {}
  }
  const port = new Output() as never;
  new HTTPRoute(new ApplicationDeveloper(chart, "carol", { namespace: "store" }), "route", {
    rules: [{ backendRefs: [{ name: "a", port }] }],
  });
  assert.match(
    failure(app),
    /\[chart\/carol\/route\] GW1402 HTTPRoute store\/route spec\.rules\[0\]\.backendRefs\[0\]\.port: This value is known only/,
  );
});

test("a tree without a host names the chart to use", () => {
  const carol = new ApplicationDeveloper(new Chart(new App(), "chart"), "carol");
  assert.throws(() => new HTTPRoute(carol, "route", {}), /Put the scope into a GatewayChart of gatewright\/cdk8s/);
});
