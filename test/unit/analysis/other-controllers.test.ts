import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ApiObject, type App, Testing } from "cdk8s";
import { check } from "../../../lib/analysis/check/check.ts";
import { checkKnown } from "../../../lib/analysis/check/check-known.ts";
import { topology } from "../../../lib/analysis/graph/topology.ts";
import { trafficPlan } from "../../../lib/analysis/plan/traffic-plan.ts";
import { explain } from "../../../lib/analysis/traffic/explain.ts";
import { routingModel } from "../../../lib/analysis/traffic/model.ts";
import { type Loaded, load } from "../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { GatewayChart, GatewayValidation } from "../../../lib/cdk8s.ts";
import type { Finding } from "../../../lib/findings/finding.ts";
import { simulate } from "../../../lib/testing/index.ts";
import { manifestsOf, type VendorCase, vendorCases } from "../../agreement/other-controllers/manifests.ts";
import { gateway, route } from "./given.ts";

function loaded(yaml: string): Loaded {
  return load([{ name: "case.yaml", ...parseDocuments(yaml, "case.yaml") }], { channel: "standard" });
}

function aboveNotes(findings: readonly Finding[]): readonly string[] {
  return findings
    .filter(({ severity }) => severity !== "note")
    .map(({ code, severity, message }) => `${severity} ${code}: ${message}`);
}

/** The manifests with and without the declared class. */
const forms = { declared: manifestsOf, undeclared: ({ yaml }: VendorCase) => yaml };

for (const one of vendorCases) {
  for (const [form, yamlOf] of Object.entries(forms)) {
    describe(`${one.vendor}, its class ${form}`, () => {
      const yaml = yamlOf(one);
      const own = loaded(yaml);

      // A listener without routes is reported for any controller.
      const idle = (line: string) => line.startsWith("advice GW3006");

      test("check finds nothing above a note", () => {
        assert.deepEqual(
          aboveNotes(check(own)).filter((line) => !idle(line)),
          [],
        );
      });

      test("Pulumi, the CDK for Terraform and cdk8s deploy it", async () => {
        const { declared } = parseDocuments(yaml, "case.yaml");
        assert.deepEqual(aboveNotes(checkKnown(declared, { channel: "standard", filters: [] })), []);
        const app: App = Testing.app();
        const chart = new GatewayChart(app, "chart");
        for (const [index, { object }] of declared.entries()) new ApiObject(chart, `o${index}`, { ...object } as never);
        assert.doesNotThrow(() => app.synthYaml());
        const directory = await mkdtemp(join(tmpdir(), "gatewright-"));
        const manifest = join(directory, "all.yaml");
        await writeFile(manifest, yaml);
        const violations: unknown[] = [];
        await new GatewayValidation().validate({
          manifests: [manifest],
          report: { addViolation: (violation) => violations.push(violation), submit: () => {} },
          logger: { log: () => {} },
        });
        await rm(directory, { recursive: true });
        assert.deepEqual(violations, []);
      });

      test("simulate and explain follow requests through what is opaque", () => {
        const { url, backends, opaque } = one;
        if (url === undefined) return;
        const answer = simulate(yaml).get(url);
        assert.deepEqual([answer.backends, answer.status, answer.failures], [backends, undefined, []]);
        assert.deepEqual(answer.opaque, opaque);
        const { attachment, gateways } = routingModel(own, { undeclared: "exists" });
        const [gateway] = gateways;
        assert.ok(gateway !== undefined);
        const { winner, refused } = explain(gateway, attachment, { url });
        assert.equal(winner?.route, "HTTPRoute edge/r");
        assert.deepEqual(refused, []);
        for (const name of opaque ?? [])
          assert.ok(winner?.filters.some((words) => words === `ExtensionRef: ${name} (opaque)`));
      });

      test("plan names a move behind what is opaque", () => {
        const { url, opaque } = one;
        assert.deepEqual(trafficPlan(own, own).changes, []);
        if (url === undefined) return;
        const moved = yaml.replace(/backendRefs: \[.*?\] \}\] \}/, "backendRefs: [{ name: other, port: 80 }] }] }");
        if (moved === yaml) return;
        const { changes } = trafficPlan(own, loaded(moved));
        assert.notEqual(changes.length, 0);
        for (const { risk, after } of changes) {
          assert.deepEqual([risk, after.backends, after.opaque], ["moves", { "edge/other:80": 1 }, opaque]);
        }
      });

      test("graph draws it whole", () => {
        const { attachment } = routingModel(own, { undeclared: "exists" });
        const { nodes, edges } = topology(attachment, { strict: false, contracts: [] });
        const faults = [...nodes, ...edges].flatMap(({ fault }) => (fault?.state === "broken" ? [fault.message] : []));
        assert.deepEqual(faults, []);
        const text = JSON.stringify(nodes);
        for (const name of one.opaque ?? []) assert.ok(text.includes(`through ${name} (opaque)`));
      });
    });
  }
}

const folder = new URL("../../agreement/other-controllers/", import.meta.url);
const caseFile = async (name: string) => loaded(await readFile(new URL(name, folder), "utf8"));

test("objects of Envoy Gateway and of GKE have no finding above a note", async () => {
  for (const name of ["eg.yaml", "gke.yaml"]) assert.deepEqual(aboveNotes(check(await caseFile(name))), [], name);
});

test("a move of all traffic behind a filter of Envoy Gateway is one", async () => {
  const { changes } = trafficPlan(await caseFile("egold.yaml"), await caseFile("egnew2.yaml"));
  const filter = "gateway.envoyproxy.io/HTTPRouteFilter shop/rewrite";
  assert.deepEqual(
    changes.map(({ risk, before, after }) => [risk, before.backends, after.backends, after.opaque]),
    [["moves", { "shop/stable:80": 0.9, "shop/canary:80": 0.1 }, { "shop/other:80": 1 }, [filter]]],
  );
});

test("what the API itself forbids stays an error under a class that is not ours", () => {
  const [{ controllerName } = { controllerName: "" }] = vendorCases;
  const wrong = manifestsOf({
    vendor: "",
    controllerName,
    yaml: `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g, namespace: edge }
spec:
  gatewayClassName: vendor
  listeners: [{ name: http, protocol: HTTP, port: 80, hostname: a.io, allowedRoutes: { kinds: [{ kind: HttpRoute }, { kind: HTTPRoute }] } }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r, namespace: edge }
spec:
  parentRefs: [{ name: g, sectionName: web }, { name: g, sectionName: http }]
  hostnames: [b.io]
  rules: [{ backendRefs: [{ group: acme.io, kind: Bucket, name: b, namespace: shop }] }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: here, namespace: shop }
`,
  });
  const errors = check(loaded(wrong)).filter(({ severity }) => severity === "error");
  assert.deepEqual(errors.map(({ code }) => code).sort(), ["GW2205", "GW2403", "GW2405", "GW2411"]);
});

const delegating = (backend: string, controllerName: string) =>
  loaded(`apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: c }
spec: { controllerName: ${controllerName} }
---
${gateway({ name: "http" })}${route("parent", `[{ backendRefs: [${backend}] }]`)}`);
const delegated = '{ group: gateway.networking.k8s.io, kind: HTTPRoute, name: "*", namespace: team }';

test("a route as a backend is handed on by its controller, and needs no grant", () => {
  const given = delegating(delegated, "kgateway.dev/kgateway");
  assert.deepEqual(aboveNotes(check(given)), []);
  const [change] = trafficPlan(given, delegating(delegated.replace("team", "other"), "kgateway.dev/kgateway")).changes;
  assert.deepEqual(change?.before.backends, { "gateway.networking.k8s.io/HTTPRoute team/*": 1 });
  assert.equal(change?.risk, "moves");
});

test("routes that kgateway selects by label are delegated to as well, and need no grant", () => {
  const selected = "{ group: delegation.kgateway.dev, kind: label, name: team-a, namespace: team }";
  const findings = check(delegating(selected, "kgateway.dev/kgateway"), { strict: true });
  assert.deepEqual(
    findings.filter(({ severity }) => severity === "error"),
    [],
  );
  const [note, ...others] = findings.filter(({ code }) => code === "GW2421");
  assert.equal(note?.given, "delegation.kgateway.dev/label");
  assert.equal(note?.severity, "note");
  assert.deepEqual(others, []);
  const refused = check(delegating(selected, "gatewright.dev/gateway-controller"), { strict: true });
  assert.ok(refused.some(({ severity }) => severity === "error"));
});

test("what an expression matches that is not RE2 is said to be unknown, and not impossible", () => {
  const given = loaded(
    gateway({ name: "http" }) +
      route(
        "r",
        '[{ matches: [{ path: { type: RegularExpression, value: "/a(?=b)" } }], backendRefs: [{ name: a, port: 80 }] }]',
      ),
  );
  const { attachment, gateways } = routingModel(given, { undeclared: "exists" });
  for (const served of gateways) {
    const { others } = explain(served, attachment, { url: "http://a.io/ab" });
    assert.match(
      others.map(({ why }) => why).join(),
      /^only the controller of the class knows what its matches take: /,
    );
  }
});

test("under a class of ours, and for objects of other kinds, it is refused", () => {
  const codes = (...given: Parameters<typeof delegating>) =>
    check(delegating(...given), { strict: true })
      .filter(({ severity }) => severity === "error")
      .map(({ code }) => code);
  assert.ok(codes(delegated, "gatewright.dev/gateway-controller").length > 0);
  const backend = "{ group: g.io, kind: Backend, name: b, namespace: team }";
  assert.deepEqual(codes(backend, "kgateway.dev/kgateway"), ["GW2411"]);
});
