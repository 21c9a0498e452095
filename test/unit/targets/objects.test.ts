import assert from "node:assert/strict";
import { test } from "node:test";
import { Construct } from "constructs";
import { ApplicationDeveloper } from "../../../lib/application-developer/application-developer.ts";
import { HTTPRoute } from "../../../lib/application-developer/http-route.ts";
import { DeclarationError } from "../../../lib/constructs/declaration-error.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { constructCodes } from "../../../lib/findings/catalog/constructs.ts";
import { type Finding, sourceOf } from "../../../lib/findings/finding.ts";
import { unresolved } from "../../../lib/targets/not-plain-findings.ts";

const store = (scope: Construct) => new ApplicationDeveloper(scope, "carol", { namespace: "store" });

test("what the function returns comes back", () => {
  const defined = { anything: 1 };
  assert.equal(objectsOf(() => defined).defined, defined);
});

test("a program that throws declares nothing and becomes one finding", () => {
  const { declared, findings } = objectsOf((scope) => {
    new HTTPRoute(store(scope), "route", {});
    throw new TypeError("no such thing");
  });
  assert.deepEqual(declared, []);
  assert.equal(findings.length, 1);
  assert.equal(findings[0]?.code, "GW1007");
  assert.equal(findings[0]?.message, "TypeError: no such thing");
});

test("an error that names a construct keeps it as the origin; what is no error is shown", () => {
  const named = objectsOf(() => {
    throw new DeclarationError("a/b", "it is wrong");
  });
  const [{ origin, ...finding }] = named.findings as [Finding];
  assert.deepEqual(finding, { code: "GW1007", severity: "error", message: "it is wrong" });
  assert.ok(origin !== undefined && "construct" in origin);
  assert.equal(origin.construct, "a/b");
  assert.match(origin.call?.file ?? "", /objects\.test\.ts$/);
  const bare = objectsOf(() => {
    // biome-ignore lint/style/useThrowOnlyError: the test covers programs that throw other values
    throw "a string";
  });
  assert.equal(bare.findings[0]?.message, "The program threw a string");
});

test("an asynchronous function is an error, and its rejection does not end the process", async () => {
  const { findings } = objectsOf(async () => {
    await Promise.resolve();
    throw new Error("too late");
  });
  assert.deepEqual(
    findings.map(({ code, severity }) => ({ code, severity })),
    [{ code: "GW1403", severity: "error" }],
  );
  await new Promise((resolve) => setImmediate(resolve));
});

test("what the program's own validations say is an error of their construct, also when they throw", () => {
  const { findings } = objectsOf((scope) => {
    const says = new Construct(scope, "says");
    says.node.addValidation({ validate: () => ["first", "second"] });
    const throws = new Construct(says, "throws");
    throws.node.addValidation({
      validate: () => {
        throw new Error("third");
      },
    });
  });
  assert.deepEqual(
    findings.map(({ code, severity, message, origin }) => ({ code, severity, message, origin })),
    [
      { code: "GW1404", severity: "error", message: "first", origin: { construct: "says" } },
      { code: "GW1404", severity: "error", message: "second", origin: { construct: "says" } },
      { code: "GW1007", severity: "error", message: "third", origin: { construct: "says/throws" } },
    ],
  );
});

test("a value that only an engine knows has a placeholder for the check, and an emitter is told of it", () => {
  const port = { apply: () => undefined };
  const { declared, findings } = objectsOf((scope) => {
    new HTTPRoute(store(scope), "route", { rules: [{ backendRefs: [{ name: "a", port }] }] });
  });
  assert.deepEqual(findings, []);
  const { spec } = JSON.parse(JSON.stringify(declared[0]?.object)) as { readonly spec: unknown };
  assert.deepEqual(spec, { rules: [{ backendRefs: [{ name: "a", port: "(late 1)" }] }] });
  const [finding, ...others] = unresolved(declared);
  assert.deepEqual(others, []);
  assert.equal(finding?.code, "GW1402");
  assert.equal(finding?.field, "spec.rules[0].backendRefs[0].port");
  assert.equal(finding?.origin && sourceOf(finding.origin), "carol/route");
  assert.deepEqual(finding?.object, {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    namespace: "store",
    name: "route",
  });
});

test("a late value that fails, and values that are no data, are findings at their fields", () => {
  const endless: { produce(): unknown } = { produce: () => endless };
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const { declared, findings } = objectsOf((scope) => {
    const carol = store(scope);
    const failing = {
      produce: (): string => {
        throw new Error("not ready");
      },
    };
    new HTTPRoute(carol, "route", {
      hostnames: [failing, endless as never, carol as never, new Date(0) as never, (() => "a") as never],
      rules: [{ name: circle as never, backendRefs: [{ name: "a", port: Number.NaN }] }],
    });
  });
  assert.deepEqual(
    findings.map(({ code, field, given, severity }) => [severity, code, field, given]),
    [
      ["error", "GW1402", "spec.hostnames[0]", undefined],
      ["error", "GW1402", "spec.hostnames[1]", undefined],
      ["error", "GW1405", "spec.hostnames[2]", "a ApplicationDeveloper"],
      ["error", "GW1405", "spec.hostnames[3]", "a Date"],
      ["error", "GW1405", "spec.hostnames[4]", "a function"],
      ["error", "GW1405", "spec.rules[0].name.self", "data that contains itself"],
      ["error", "GW1405", "spec.rules[0].backendRefs[0].port", "NaN"],
    ],
  );
  assert.equal(declared.length, 1);
  assert.match(findings[0]?.message ?? "", /not ready/);
});

test("an object of another realm is plain data", async () => {
  const { runInNewContext } = await import("node:vm");
  const rules = runInNewContext("[{ backendRefs: [{ name: 'a', port: 1 }] }]") as never;
  const { declared, findings } = objectsOf((scope) => new HTTPRoute(store(scope), "route", { rules }));
  assert.deepEqual(findings, []);
  assert.equal(JSON.stringify(declared[0]?.object.spec), '{"rules":[{"backendRefs":[{"name":"a","port":1}]}]}');
});

test("every code that is reported here is explained", () => {
  for (const code of ["GW1401", "GW1402", "GW1403", "GW1404", "GW1405"] as const) {
    assert.ok(constructCodes[code]?.explanation, code);
  }
});
