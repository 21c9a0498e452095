import assert from "node:assert/strict";
import { test } from "node:test";
import { output } from "@pulumi/pulumi";
import { App, Lazy } from "cdk8s";
import * as cdktf from "cdktf";
import { GatewayChart } from "../../../lib/cdk8s.ts";
import { GatewayStack } from "../../../lib/cdktf.ts";
import { ApplicationDeveloper, HTTPRoute } from "../../../lib/index.ts";
import { GatewayComponent } from "../../../lib/pulumi.ts";
import { deploy } from "../targets/pulumi/deployment.ts";
import { declaration, isType, type Path, placesOf, program, valueAt, withValue } from "./program.ts";

/** Texts that no output may contain: late values of Pulumi, cdk8s and the CDKs for Terraform convert to these. */
const stringified = /\[Output<T>\]|\[object Object\]|TfToken|\{Token\[/;

const places = placesOf(declaration);
const leaves = places.filter((path) => typeof valueAt(declaration, path) !== "object");
const channel = "experimental" as const;

/** Returns what an engine deploys for a program, or the message of its error. */
async function outcome(work: () => unknown): Promise<string> {
  try {
    return JSON.stringify(await work());
  } catch (error) {
    assert.ok(error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError), String(error));
    return error.message;
  }
}

test("an Output in any field is deployed, or refused, and never text of Pulumi", async (t) => {
  let deployed = 0;
  for (const path of places) {
    for (const [preview, value] of [
      [false, output(valueAt(declaration, path))],
      [true, unknown()],
    ] as const) {
      const text = await outcome(async () => {
        const define = program(withValue(declaration, path, value));
        const { registered, logged } = await deploy(t, () => new GatewayComponent("acme", { define, channel }), {
          preview,
        });
        return { registered, logged };
      });
      assert.doesNotMatch(text, stringified, path.join("."));
      if (text.startsWith("{")) deployed += 1;
    }
  }
  t.diagnostic(`${deployed} programs of ${2 * places.length} were deployed`);
  assert.ok(deployed > places.length / 4);
});

/** Returns an Output whose value is unknown in a preview. */
function unknown(): unknown {
  const value = output("") as unknown as { isKnown: Promise<boolean> };
  value.isKnown = Promise.resolve(false);
  return value;
}

/** Returns the errors that cdk8s reports, or the manifests. */
function chart(path: Path | undefined, value?: unknown): Promise<string> {
  return outcome(() => {
    const app = new App();
    const given = path === undefined ? declaration : withValue(declaration, path, value);
    program(given)(new GatewayChart(app, "chart", { channel }));
    return app.synthYaml();
  });
}

test("a Lazy of cdk8s in any field gives what its value gives", async () => {
  const expected = await chart(undefined);
  assert.match(expected, /kind: HTTPRoute/);
  for (const path of leaves.filter((leaf) => !isType(leaf))) {
    const lazy = Lazy.any({ produce: () => valueAt(declaration, path) });
    assert.equal(await chart(path, lazy), expected, path.join("."));
  }
});

test("an Output in a chart of cdk8s is an error that shows no text of Pulumi", async () => {
  for (const path of places) {
    const text = await chart(path, output(valueAt(declaration, path)));
    assert.doesNotMatch(text, stringified, path.join("."));
    assert.match(text, /GW1402|GW1103|becomes known only later|known later/, path.join("."));
  }
});

/** Returns the stack as Terraform reads it, or the errors of its validation. */
function stack(path: Path | undefined, value?: unknown): Promise<string> {
  return outcome(() => {
    const given = path === undefined ? declaration : withValue(declaration, path, value);
    const made = new GatewayStack(new cdktf.App({ outdir: "unused" }), "stack", { channel });
    program(given)(made);
    // The stack has no provider, which does not matter for late values.
    const errors = made.node
      .findAll()
      .flatMap(({ node }) => node.validate().filter((line) => !/^Found res/.test(line)));
    return { errors, text: cdktf.Testing.synth(made) };
  });
}

test("a token of a CDK for Terraform in any field is resolved, and no error shows a token", async () => {
  const expected = await stack(undefined);
  assert.ok(expected.startsWith('{"errors":[]'), expected);
  for (const path of leaves) {
    const value = valueAt(declaration, path);
    const token =
      typeof value === "number"
        ? cdktf.Lazy.numberValue({ produce: () => value })
        : cdktf.Lazy.stringValue({ produce: () => String(value) });
    const text = await stack(path, token);
    assert.doesNotMatch(text, stringified, path.join("."));
    const resolved = (said: string) => (said.startsWith("{") ? (JSON.parse(said) as { text: string }).text : said);
    if (text.startsWith("{")) assert.equal(resolved(text), resolved(expected), path.join("."));
  }
});

test("a reference of Terraform in any text reaches the stack as an expression", async () => {
  for (const path of leaves.filter((leaf) => typeof valueAt(declaration, leaf) === "string")) {
    const text = await stack(path, cdktf.Token.asString(cdktf.ref("terraform_data.x.output")));
    assert.doesNotMatch(text, stringified, path.join("."));
  }
});

test("two tokens of a CDK for Terraform are two namespaces, and one is one", () => {
  const errors = (first: string, second: string) => {
    const made = new GatewayStack(new cdktf.App({ outdir: "unused" }), "stack");
    for (const [id, namespace] of Object.entries({ first, second })) {
      const scope = new ApplicationDeveloper(made, id, { namespace });
      new HTTPRoute(scope, "web", { rules: [{ backendRefs: [{ name: "web", port: 80 }] }] });
    }
    return made.node.validate().filter((line) => line.includes("GW1006"));
  };
  const token = (name: string) => cdktf.Token.asString(cdktf.ref(`terraform_data.${name}.output`));
  const [one, other] = [token("a"), token("b")];
  assert.deepEqual(errors(one, other), []);
  assert.equal(errors(one, one).length, 1);
});
