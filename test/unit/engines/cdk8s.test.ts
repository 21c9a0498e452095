import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiObject, App, Chart } from "cdk8s";
import { ApplicationDeveloper } from "../../../lib/application-developer/application-developer.ts";
import { service } from "../../../lib/application-developer/backends.ts";
import { HTTPRoute } from "../../../lib/application-developer/http-route.ts";
import { GatewayChart } from "../../../lib/cdk8s.ts";
import { ClusterOperator } from "../../../lib/cluster-operator/cluster-operator.ts";
import { Gateway } from "../../../lib/cluster-operator/gateway.ts";

const listeners = [{ name: "http", protocol: "HTTP", port: 80 }] as const;

/** Returns the lines of the error that cdk8s throws at synthesis; none without an error. */
function errors(app: App): string[] {
  try {
    app.synthYaml();
    return [];
  } catch (error) {
    const [head, ...lines] = (error as Error).message.split("\n");
    assert.equal(head, "Validation failed with the following errors:");
    return lines.map((line) => line.trim());
  }
}

function carol(app: App, chart = new GatewayChart(app, "store")): ApplicationDeveloper {
  return new ApplicationDeveloper(chart, "carol", { namespace: "store" });
}

test("a correct app has no errors, although the Gateway and the Services are declared elsewhere", () => {
  const app = new App();
  new HTTPRoute(carol(app), "route", {
    parentRefs: [Gateway.fromName("external", { namespace: "edge" })],
    rules: [{ backendRefs: [service("acme-store", 8080)] }],
  });
  assert.deepEqual(errors(app), []);
});

test("an error of the schema is a validation error at the construct, with code, field and what is allowed", () => {
  const app = new App();
  new HTTPRoute(carol(app), "route", { rules: [{ backendRefs: [service("acme-store", 80800)] }] });
  const [error, ...others] = errors(app);
  assert.deepEqual(others, []);
  assert.match(
    error ?? "",
    /^\[store\/carol\/route\] GW1106 HTTPRoute store\/route spec\.rules\[0\]\.backendRefs\[0\]\.port: /,
  );
  assert.match(error ?? "", /80800/);
  assert.match(error ?? "", /65535/);
});

test("a handshake that fails between two charts is a validation error of the route", () => {
  const app = new App();
  const bob = new ClusterOperator(new GatewayChart(app, "edge"), "bob", { namespace: "edge" });
  const external = new Gateway(bob, "external", { gatewayClassName: "lb", listeners });
  new HTTPRoute(carol(app), "route", { parentRefs: [external] });
  const found = errors(app);
  assert.equal(found.length, 1);
  assert.match(found[0] ?? "", /^\[store\/carol\/route\] GW2\d{3} HTTPRoute store\/route spec\.parentRefs\[0\]: /);
});

test("the Namespaces of the app count in the handshake", () => {
  for (const [team, failed] of [
    ["carol", false],
    ["dave", true],
  ] as const) {
    const app = new App();
    const bob = new ClusterOperator(new GatewayChart(app, "edge"), "bob", { namespace: "edge" });
    const selector = { matchLabels: { team: "carol" } };
    const external = new Gateway(bob, "external", {
      gatewayClassName: "lb",
      listeners: [{ ...listeners[0], allowedRoutes: { namespaces: { from: "Selector", selector } } }],
    });
    new HTTPRoute(carol(app), "route", { parentRefs: [external] });
    const metadata = { name: "store", labels: { team } };
    new ApiObject(new Chart(app, "namespaces"), "store", { apiVersion: "v1", kind: "Namespace", metadata });
    assert.equal(errors(app).length > 0, failed);
  }
});

test("two objects of one name are an error", () => {
  const app = new App();
  const chart = new GatewayChart(app, "store");
  new HTTPRoute(carol(chart.node.root as App, chart), "route", {});
  new HTTPRoute(new ApplicationDeveloper(chart, "other", { namespace: "store" }), "route", {});
  assert.match(errors(app).join("\n"), /GW1006/);
});

test("what is experimental is an error unless the chart's channel is", () => {
  for (const [channel, failed] of [
    ["standard", true],
    ["experimental", false],
  ] as const) {
    const app = new App();
    const chart = new GatewayChart(app, "store", { channel });
    new HTTPRoute(carol(chart.node.root as App, chart), "route", { useDefaultGateways: "All" });
    assert.equal(
      errors(app).some((error) => error.includes("GW1109")),
      failed,
    );
  }
});

test("a chart ignores what it is told to, of its own objects alone, and by annotation", () => {
  const app = new App();
  const reason = "the CRD here is patched";
  const broken = (chart: GatewayChart, annotations: Record<string, string> = {}) =>
    new HTTPRoute(carol(chart.node.root as App, chart), "route", {
      metadata: { annotations },
      rules: [{ backendRefs: [service("acme-store", 80800)] }],
    });
  broken(new GatewayChart(app, "by-rule", { ignore: [{ code: "GW1106", object: "HTTPRoute store/*", reason }] }));
  assert.deepEqual(errors(app), []);
  const annotated = new App();
  broken(new GatewayChart(annotated, "annotated"), { "gatewright.dev/ignore": `GW1106: ${reason}` });
  assert.deepEqual(errors(annotated), []);
  new GatewayChart(annotated, "malformed", { ignore: [{ code: "GW1106", reason: "" }] });
  assert.match(errors(annotated).join(), /\[malformed\] GW1038: .*reason is missing/);
});
