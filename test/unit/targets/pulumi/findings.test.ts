import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { output, RunError } from "@pulumi/pulumi";
import type { Construct } from "constructs";
import {
  ApplicationDeveloper,
  ClusterOperator,
  CustomFilter,
  extensionRef,
  Gateway,
  HTTPRoute,
  KubernetesObject,
  pathPrefix,
  service,
} from "gatewright";
import { defineFilter } from "gatewright/filters";
import { GatewayComponent, type GatewayComponentProps } from "gatewright/pulumi";
import { deploy } from "./deployment.ts";

/** Returns the error that a component throws in its constructor; nothing is registered then. */
async function refusal(t: TestContext, props: GatewayComponentProps): Promise<unknown> {
  let thrown: unknown;
  const { registered } = await deploy(t, () => {
    try {
      new GatewayComponent("acme", props);
    } catch (error) {
      thrown = error;
    }
  });
  assert.deepEqual(registered, []);
  return thrown;
}

async function message(t: TestContext, define: (scope: Construct) => unknown): Promise<string> {
  const thrown = await refusal(t, { define });
  assert.ok(RunError.isInstance(thrown), String(thrown));
  return thrown.message;
}

function gatewayFor(scope: Construct, from: "All" | "Same"): Gateway {
  const bob = new ClusterOperator(scope, "edge", { namespace: "edge" });
  const listeners = [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from } } }] as const;
  return new Gateway(bob, "external", { gatewayClassName: "lb", listeners });
}

test("what the schema refuses and what the handshake refuses is told with the construct's path", async (t) => {
  const text = await message(t, (scope) => {
    const gateway = gatewayFor(scope, "Same");
    const carol = new ApplicationDeveloper(scope, "store", { namespace: "store" });
    new HTTPRoute(carol, "refused", { parentRefs: [gateway] });
    new HTTPRoute(carol, "malformed", { rules: [{ backendRefs: [service("a", 80_800)] }] });
  });
  assert.match(text, /^GatewayComponent "acme" is not deployed: 2 errors in its program\.$/m);
  assert.match(text, /^ {2}acme\/store\/refused: GW2404 HTTPRoute store\/refused spec\.parentRefs\[0\]: /m);
  assert.match(text, /^ {2}acme\/store\/malformed: GW1106 HTTPRoute store\/malformed .*port: .*80800/m);
});

test("what a construct refuses ends the program with its path and no stack", async (t) => {
  const text = await message(t, (scope) => new HTTPRoute(new ApplicationDeveloper(scope, "store"), "Not A Name", {}));
  assert.match(text, /1 error in its program\.\n {2}acme\/store\/Not A Name: .*cannot be metadata\.name/);
});

const objectOf = (apiVersion: string, kind: string) => (scope: Construct) =>
  new KubernetesObject(new ApplicationDeveloper(scope, "store", { namespace: "store" }), "thing", { apiVersion, kind });

for (const kind of ["ConfigMapp", "Deployment", "ConfigMapList", "SecretPatch", "toString", "getConfigMap"]) {
  test(`kind ${kind} of the core group is refused, as the provider has no such class`, async (t) => {
    const text = await message(t, objectOf("v1", kind));
    assert.match(text, /1 error in its program\.\n {2}acme\/store\/thing: GW1470 /);
    assert.ok(text.includes(`${kind} store/thing kind: `), text);
    assert.match(text, /allowed: .*ConfigMap, .*Secret, .*Correct the kind, or write the API group/);
  });
}

test("a core kind that is not deployable, and is ignored, is left to the provider to refuse", async (t) => {
  const ignore = [{ code: "GW1470", reason: "a provider of our own" }];
  const { registered } = await deploy(
    t,
    () => new GatewayComponent("acme", { ignore, define: objectOf("v1", "ConfigMapp") }),
  );
  assert.equal(registered.filter(({ custom }) => custom).length, 1);
});

test("a refused core kind with a late name has the placeholder in its place", async (t) => {
  const metadata = { name: output("hunter2") };
  const text = await message(t, (scope) => {
    const store = new ApplicationDeveloper(scope, "store", { namespace: "store" });
    new KubernetesObject(store, "thing", { apiVersion: "v1", kind: "ConfigMapp", metadata });
  });
  assert.match(text, /GW1470 ConfigMapp store\/\(late( \d+)?\) kind: /);
});

test("an apiVersion without a group that is not v1 is refused", async (t) => {
  assert.match(
    await message(t, objectOf("v2", "ConfigMap")),
    /GW1470 ConfigMap store\/thing apiVersion: .*given v2; allowed: v1/,
  );
});

test("what the program itself throws is passed on with its stack", async (t) => {
  const own = new TypeError("mine");
  const thrown = await refusal(t, {
    define: () => {
      throw own;
    },
  });
  assert.equal(thrown, own);
});

test("an asynchronous program is refused", async (t) => {
  assert.match(await message(t, async () => undefined), /GW1403: The program's function returned a promise/);
});

test("the program's own validations fail it", async (t) => {
  const text = await message(t, (scope) => {
    const route = new HTTPRoute(new ApplicationDeveloper(scope, "store"), "route", {});
    route.node.addValidation({ validate: () => ["the team says no"] });
  });
  assert.match(text, /acme\/store\/route: GW1404: the team says no/);
});

test("fields of the experimental channel are errors, unless it is asked for", async (t) => {
  const define = (scope: Construct) =>
    new HTTPRoute(new ApplicationDeveloper(scope, "store", { namespace: "store" }), "route", {
      rules: [
        {
          matches: [pathPrefix("/")],
          sessionPersistence: { type: "Header", header: { name: "x-cart" } },
          backendRefs: [service("a", 80)],
        },
      ],
    });
  assert.match(await message(t, define), /GW1109/);
  const { objects } = await deploy(t, () => new GatewayComponent("acme", { define, channel: "experimental" }));
  assert.deepEqual([...objects.keys()], ["acme/store/route"]);
});

test("what another program declares is no error", async (t) => {
  const { objects, logged } = await deploy(
    t,
    () =>
      new GatewayComponent("acme", {
        define: (scope) =>
          new HTTPRoute(new ApplicationDeveloper(scope, "store", { namespace: "store" }), "route", {
            parentRefs: [Gateway.fromName("theirs", { namespace: "edge" })],
            rules: [{ backendRefs: [service("theirs", 80)] }],
          }),
      }),
  );
  assert.equal(objects.size, 1);
  assert.deepEqual(logged, { info: [], warnings: [], errors: [] });
});

test("filters of one's own are known by the objects that the program declares", async (t) => {
  const filter = defineFilter({ group: "acme.io", kind: "RequireApiKey", version: "v1", request: () => undefined });
  const { objects } = await deploy(
    t,
    () =>
      new GatewayComponent("acme", {
        define: (scope) => {
          const carol = new ApplicationDeveloper(scope, "store", { namespace: "store" });
          const partners = new CustomFilter(carol, "partners", { filter });
          new HTTPRoute(carol, "route", {
            rules: [{ filters: [extensionRef(partners)], backendRefs: [service("a", 80)] }],
          });
        },
      }),
  );
  assert.deepEqual([...objects.keys()], ["acme/store/partners", "acme/store/route"]);
});

for (const [what, props, expected] of [
  ["no props", undefined, /define takes a function of a scope .* but got undefined/],
  ["a construct in place of a function", { define: { name: "x" } }, /but got "x"/],
  [
    "a limit of no time",
    { define: () => undefined, timeoutSeconds: 0 },
    /timeoutSeconds takes a whole number .* got 0/,
  ],
  ["a limit that is no number", { define: () => undefined, timeoutSeconds: "10m" }, /but got 10m/],
] as const) {
  test(`JavaScript that gives ${what} is told what to write`, async (t) => {
    const thrown = await refusal(t, props as never);
    assert.ok(RunError.isInstance(thrown), String(thrown));
    assert.match(thrown.message, expected);
  });
}

test("what is to be ignored does not end the program; a rule without a reason does", async (t) => {
  const define = (scope: Construct) => {
    const carol = new ApplicationDeveloper(scope, "store", { namespace: "store" });
    new HTTPRoute(carol, "malformed", { rules: [{ backendRefs: [service("a", 80_800)] }] });
  };
  const rule = { code: "GW1106", object: "HTTPRoute store/malformed", reason: "the CRD here is patched" };
  const { registered } = await deploy(t, () => void new GatewayComponent("acme", { define, ignore: [rule] }));
  assert.ok(registered.length > 0);
  const thrown = await refusal(t, { define, ignore: [{ ...rule, reason: "" }] });
  assert.match(String((thrown as Error).message), /an ignore rule cannot be used: the reason is missing/);
});
