import assert from "node:assert/strict";
import { test } from "node:test";
import { output } from "@pulumi/pulumi";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { ClusterOperator, Gateway } from "../../../lib/index.ts";
import { LastGood } from "../../../proxy/control/last-good.ts";
import { gatewright } from "../cli/gatewright.ts";

const folder = "test/agreement/outputs-as-namespaces";
/** With this variable, Pulumi throws when an Output is converted to text, so that this cannot happen unseen. */
const env = { PULUMI_ERROR_OUTPUT_STRING: "true" };
const run = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await gatewright(args, { env });
  assert.doesNotMatch(stdout + stderr, /Output<T>|\[object Object\]|known-later/, args.join(" "));
  return { code, stdout, stderr };
};

test("outputs-as-namespaces: what depends on an Output is not checked yet", async () => {
  const { code, stdout } = await run("check", "-v", `${folder}/ok.ts`);
  assert.equal(code, 0);
  assert.match(stdout, /GW1170: 2 values become known only later: \(late 1\) is dev\/httpbin metadata\.namespace;/);
  assert.match(stdout, /GW1110 HTTPRoute \(late 1\)\/httpbin spec\.parentRefs\[0\]/);
  assert.doesNotMatch(stdout, /GW2/);
});

test("outputs-as-namespaces: two routes in two late namespaces are two", async () => {
  const two = `${folder}/two.ts`;
  const checked = await run("check", "-o", "json", two);
  assert.equal(checked.code, 0);
  const { findings } = JSON.parse(checked.stdout) as { readonly findings: readonly { readonly code: string }[] };
  assert.ok(!findings.some(({ code }) => code === "GW1006"));
  const drawn = await run("graph", two);
  for (const node of ["(late 1)/web", "(late 2)/web", "(late 3)/web:80"]) assert.ok(drawn.stdout.includes(node), node);
  assert.match(drawn.stderr, /GW1170/);
  const explained = await run("explain", two, "--", "GET", "http://b.lab.test/");
  assert.match(explained.stdout, /HTTPRoute \(late 2\)\/web/);
});

test("outputs-as-namespaces: a plan is refused while names are late", async () => {
  const { code, stderr } = await run("plan", `${folder}/two.ts`, `${folder}/two.ts`);
  assert.equal(code, 1);
  assert.match(stderr, /GW1171: No plan can be made, .*: a\/web, b\/web\./);
});

test("outputs-as-namespaces: fields that take no late value say so", async () => {
  const { code, stdout } = await run("check", `${folder}/prog.ts`);
  assert.equal(code, 1);
  const fields = [...stdout.matchAll(/error GW1103 HTTPRoute \(late 1\)\/httpbin (\S+):/g)].map(([, field]) => field);
  assert.deepEqual(fields, [
    "metadata.labels.a",
    "metadata.annotations.note",
    "spec.rules[0].filters[0].requestHeaderModifier.set[0].value",
  ]);
});

test("outputs-as-namespaces: a Lazy is its value", async () => {
  const { code, stdout } = await run("synth", `${folder}/lazy.ts`);
  assert.equal(code, 0);
  assert.match(stdout, /namespace: hello/);
});

test("a listener whose port is late is not served, and the others are", () => {
  const objects = (port: unknown) =>
    objectsOf((scope) => {
      const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
      const listeners = (at: unknown) => [{ name: "http", protocol: "HTTP", port: at as number }] as const;
      new Gateway(bob, "late", { gatewayClassName: "lb", listeners: listeners(port) });
      new Gateway(bob, "known", { gatewayClassName: "lb", listeners: listeners(80) });
    });
  const admitted = new LastGood("standard").admit([{ name: "program", ...objects(output(80)) }]);
  assert.deepEqual(
    admitted.objects.map(({ object }) => object.metadata.name),
    ["known"],
  );
  assert.deepEqual(
    admitted.findings.map(({ code, field }) => `${code} ${field}`),
    ["GW1173 spec.listeners[0].port"],
  );
  assert.deepEqual(
    admitted.leftOut.map(({ name }) => name),
    ["late"],
  );
});
