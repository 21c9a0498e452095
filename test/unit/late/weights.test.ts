import assert from "node:assert/strict";
import { test } from "node:test";
import { output } from "@pulumi/pulumi";
import type { Construct } from "constructs";
import { mermaid } from "../../../lib/analysis/graph/mermaid.ts";
import { topology } from "../../../lib/analysis/graph/topology.ts";
import { explain } from "../../../lib/analysis/traffic/explain.ts";
import { routingModel } from "../../../lib/analysis/traffic/model.ts";
import { load } from "../../../lib/api/load/load.ts";
import { palette } from "../../../lib/cli/report/color.ts";
import { formatExplanation } from "../../../lib/cli/report/explanation.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { ApplicationDeveloper, ClusterOperator, Gateway, HTTPRoute } from "../../../lib/index.ts";
import { simulate } from "../../../lib/testing/index.ts";

const mirrorFilter = { type: "RequestMirror", requestMirror: { backendRef: { name: "copy", port: 80 } } } as const;

function program(weights: readonly unknown[], parent: unknown = "external") {
  return (scope: Construct) => {
    const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
    const from = { namespaces: { from: "All" } } as const;
    const listeners = [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: from }] as const;
    new Gateway(bob, "external", { gatewayClassName: "lb", listeners });
    const carol = new ApplicationDeveloper(scope, "carol", { namespace: "store" });
    const backendRefs = weights.map((weight, index) => ({ name: `s${index}`, port: 80, weight: weight as number }));
    new HTTPRoute(carol, "web", {
      parentRefs: [{ name: parent as string, namespace: "edge" }],
      rules: [{ filters: [mirrorFilter], backendRefs }],
    });
  };
}

test("the shares of a rule with a late weight are not told", () => {
  const answer = simulate(program([output(9), 1, 0])).get("http://acme.io/");
  assert.deepEqual(answer.backends, {});
  assert.deepEqual(answer.mirrors, {});
  assert.deepEqual(answer.lateShares, { backends: ["store/s0:80", "store/s1:80"], mirrors: ["store/copy:80"] });
  assert.equal(answer.status, undefined);
  assert.deepEqual(Object.keys(answer.requests), ["store/s0:80", "store/s1:80"]);
});

test("known weights are told as before", () => {
  const answer = simulate(program([9, 1])).get("http://acme.io/");
  assert.deepEqual(answer.backends, { "store/s0:80": 0.9, "store/s1:80": 0.1 });
  assert.equal("lateShares" in answer, false);
});

function modelOf(define: (scope: Construct) => void) {
  const loaded = load([{ name: "program", ...objectsOf(define) }], { channel: "standard" });
  const model = routingModel(loaded, { undeclared: "exists" });
  const picture = String(mermaid(topology(model.attachment, { late: loaded.late })));
  const explained = model.gateways.map((gateway) => explain(gateway, model.attachment, { url: "http://acme.io/" }));
  const text = explained.map((each) => formatExplanation(each, palette(false))).join("");
  return { picture, explained, text };
}

test("explain and graph say that a share is known only at deployment", () => {
  const { picture, explained, text } = modelOf(program([output(9), 1]));
  assert.match(text, /backend\s+known only at deployment {2}store\/s0:80/);
  assert.match(text, /mirror\s+known only at deployment {2}store\/copy:80/);
  assert.doesNotMatch(text, /50 %/);
  assert.deepEqual(
    explained[0]?.winner?.backends.map(({ weight }) => weight),
    [undefined, 1],
  );
  assert.match(picture, /rules\[0\] known only at deployment/);
  assert.doesNotMatch(picture, /50 %/);
});

test("graph and explain do not call a route refused whose parent is late", () => {
  const { picture, text } = modelOf(program([1], output("external")));
  assert.match(picture, /known only at deployment/);
  assert.doesNotMatch(picture, /NoMatchingParent/);
  assert.doesNotMatch(text, /NoMatchingParent/);
});
