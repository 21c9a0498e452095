import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { check } from "../../../lib/analysis/check/check.ts";
import { lateValues } from "../../../lib/analysis/check/late.ts";
import { dot } from "../../../lib/analysis/graph/dot.ts";
import { html } from "../../../lib/analysis/graph/html.ts";
import { mermaid } from "../../../lib/analysis/graph/mermaid.ts";
import { svg } from "../../../lib/analysis/graph/svg.ts";
import { topology } from "../../../lib/analysis/graph/topology.ts";
import { planMarkdown } from "../../../lib/analysis/plan/markdown.ts";
import { planText } from "../../../lib/analysis/plan/text.ts";
import { explain } from "../../../lib/analysis/traffic/explain.ts";
import { routingModel } from "../../../lib/analysis/traffic/model.ts";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { load } from "../../../lib/api/load/load.ts";
import { palette } from "../../../lib/cli/report/color.ts";
import { formatExplanation } from "../../../lib/cli/report/explanation.ts";
import { formatFindings } from "../../../lib/cli/report/findings.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { unresolved } from "../../../lib/targets/not-plain-findings.ts";
import { terraformFiles } from "../../../lib/targets/terraform/terraform.ts";
import { emit, emitFiles } from "../../../lib/targets/yaml.ts";
import { simulate, trafficPlan } from "../../../lib/testing/index.ts";
import { LastGood } from "../../../proxy/control/last-good.ts";
import { type Declaration, declaration, isType, type Path, placesOf, program, valueAt, withValue } from "./program.ts";

const warning = "Calling [toString] on an [Output<T>] is not supported.";

/** An engine's late value, which counts how often it is converted to text. */
class Output {
  static stringified = 0;

  apply(): Output {
    return this;
  }

  toString(): string {
    Output.stringified += 1;
    return warning;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Texts that no output may contain: late values of Pulumi, cdk8s and the CDKs for Terraform convert to these. */
const stringified = /\[Output<T>\]|\[object Object\]|TfToken|\{Token\[/;

const channel = "experimental" as const;
const request = { method: "GET", url: "http://shop.acme.io/store" };

/** Returns everything that the command and the tests of users print about a program. */
function outputs(given: Declaration): readonly string[] {
  const content = { name: "program", ...objectsOf(program(given)) };
  const loaded = load([content], { channel });
  const findings = [
    ...content.findings,
    ...check(loaded),
    ...check(loaded, { strict: true }),
    ...unresolved(loaded.authored),
  ];
  const { attachment, gateways } = routingModel(loaded, { undeclared: "exists" });
  const graph = topology(attachment, { strict: false, contracts: loaded.contracts, late: loaded.late });
  const explanations = gateways.map((gateway) => explain(gateway, attachment, request));
  const printed = [
    String(formatFindings(findings)),
    JSON.stringify(findings),
    ...[mermaid, dot, svg, html].map((draw) => String(draw(graph))),
    ...explanations.map((explanation) => String(formatExplanation(explanation, palette(false)))),
    JSON.stringify(explanations),
    ...plans(given),
    ...tried(() => JSON.stringify(simulate(program(given), { channel }).get(request.url))),
    JSON.stringify(new LastGood(channel).admit([content])),
  ];
  if (unresolved(loaded.authored).length > 0) return printed;
  return [
    ...printed,
    emit(loaded.authored),
    ...emitFiles(loaded.authored).flatMap(({ name, text }) => [name, text]),
    ...terraformFiles(loaded.authored, { wait: true }).map(({ text }) => text),
  ];
}

function plans(given: Declaration): readonly string[] {
  return [
    [declaration, given],
    [given, declaration],
    [given, given],
  ].flatMap(([before = given, after = given]) =>
    tried(() => {
      const plan = trafficPlan(program(before), program(after), { channel });
      return [String(planText(plan)), String(planMarkdown(plan)), JSON.stringify(plan)].join("\n");
    }),
  );
}

/** Returns the result of a function of gatewright/testing, or the message of its error. */
function tried(work: () => string): readonly string[] {
  try {
    return [work()];
  } catch (error) {
    assert.ok(error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError), String(error));
    return [error.message];
  }
}

function assertOpaque(given: Declaration, what: string): void {
  Output.stringified = 0;
  const printed = outputs(given);
  assert.equal(Output.stringified, 0, `${what}: a late value was turned into text`);
  for (const text of printed) assert.doesNotMatch(text, stringified, what);
}

const places = placesOf(declaration);

test("a late value in any field is opaque to every command", (t) => {
  for (const path of places) assertOpaque(withValue(declaration, path, new Output()), path.join("."));
  t.diagnostic(`${places.length} places`);
});

test("several late values in any fields, some of them the same, are opaque", () => {
  const values = fc.constantFrom(new Output(), new Output(), new Output());
  const late = fc.array(fc.tuple(fc.constantFrom(...places), values), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(late, (replaced) => {
      const given = replaced.reduce((one, [path, value]) => withValue(one, path, value), declaration);
      assertOpaque(given, replaced.map(([path]) => path.join(".")).join(" "));
    }),
    { numRuns: 150 },
  );
});

test("a token of a CDK for Terraform in any text is opaque to every command", () => {
  const leaves = places.filter((path) => typeof valueAt(declaration, path) !== "object");
  for (const [index, path] of leaves.entries()) {
    const token = typeof valueAt(declaration, path) === "number" ? -4.0e298 : `a-\${TfToken[TOKEN.${index}]}`;
    const given = withValue(declaration, path, token);
    for (const text of outputs(given)) assert.doesNotMatch(text, stringified, path.join("."));
  }
});

test("a Lazy in any field gives what its value gives", () => {
  const written = (given: Declaration) => {
    const { declared, findings } = objectsOf(program(given));
    return { findings, text: emit(declared) };
  };
  const expected = written(declaration);
  for (const path of places.filter((place) => typeof valueAt(declaration, place) !== "object" && !isType(place))) {
    const lazy = { produce: () => valueAt(declaration, path), toString: () => assert.fail(path.join(".")) };
    assert.deepEqual(written(withValue(declaration, path, lazy)), expected, path.join("."));
  }
});

test("a mapping of metadata, or a whole spec, that is late is an error and not lost", () => {
  for (const path of places.filter(
    ([, , third, , fifth]) => third === undefined || (third === "metadata" && fifth === undefined),
  )) {
    if (typeof valueAt(declaration, path) !== "object") continue;
    const { findings } = objectsOf(program(withValue(declaration, path, new Output())));
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["GW1007"],
      path.join("."),
    );
  }
});

test("an Output that a program has turned into text is an error that does not show the text", () => {
  const texts = places.filter((path) => typeof valueAt(declaration, path) === "string");
  for (const path of texts) {
    const given = withValue(declaration, path, `${warning}-blue`);
    const content = { name: "program", ...objectsOf(program(given)) };
    const loaded = load([content], { channel });
    const codes = [...content.findings, ...loaded.findings].map(({ code }) => code);
    assert.ok(codes.includes("GW1172") || codes.includes("GW1007"), path.join("."));
    assert.doesNotMatch(JSON.stringify([content, loaded]), stringified, path.join("."));
  }
});

test("two late values are two, and one is one", () => {
  const [first, second] = [new Output(), new Output()];
  const routesIn = (one: unknown, other: unknown) => {
    const named = withValue(declaration, ["store", "route", "metadata", "name"], one);
    return objectsOf(program(withValue(named, ["store", "twin", "metadata", "name"], other))).declared;
  };
  const codes = (one: unknown, other: unknown) =>
    load([{ name: "program", declared: routesIn(one, other), findings: [] }], { channel }).findings.map(
      ({ code }) => code,
    );
  assert.ok(!codes(first, second).includes("GW1006"));
  assert.ok(codes(first, first).includes("GW1006"));
});

test("one note names the late values and where they stand", () => {
  const place: Path = ["store", "route", "hostnames", 0];
  const object = { name: "program", ...objectsOf(program(withValue(declaration, place, new Output()))) };
  const [note, ...others] = lateValues(load([object], { channel }));
  assert.deepEqual(others, []);
  assert.match(
    note?.message ?? "",
    /One value becomes known only later: \(late 1\) is carol\/route spec\.hostnames\[0\]\./,
  );
});

test("objects that are given as data are read alike", () => {
  const typeless = { apiVersion: new Output(), kind: new Output(), metadata: { name: "x" } } as never;
  const hidden: AnyObject = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: { name: new Output() as never },
    spec: { controllerName: "example.com/controller" },
  };
  Output.stringified = 0;
  assert.deepEqual(simulate([hidden]).gateways, []);
  assert.doesNotThrow(() =>
    load([{ name: "x", declared: [{ object: typeless, origin: { construct: "x" } }], findings: [] }], { channel }),
  );
  assert.equal(Output.stringified, 0);
});
