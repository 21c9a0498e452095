import assert from "node:assert/strict";
import { test } from "node:test";
import { Provider } from "@pulumi/kubernetes";
import { ComponentResource, type ResourceTransformation, RunError, runtime } from "@pulumi/pulumi";
import { Construct } from "constructs";
import {
  ApplicationDeveloper,
  ClusterOperator,
  Gateway,
  GatewayClass,
  GatewrightProxy,
  HTTPRoute,
  InfrastructureProvider,
  ReferenceGrant,
  Service,
} from "gatewright";
import { GatewayComponent } from "gatewright/pulumi";
import acme from "../../../../examples/acme/acme.ts";
import { InstalledObject } from "../../../../lib/infrastructure-provider/installed-object.ts";
import { shop, shopObjects } from "../../constructs/shop.ts";
import { deploy, known } from "./deployment.ts";

const listeners = [
  { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } },
] as const;

test("scopes become components with the persona's type, objects their children, named by their path", async (t) => {
  const { registered } = await deploy(t, () => new GatewayComponent("acme", { define: acme }));
  assert.deepEqual(
    registered.map(({ type, name, custom }) => [type, name, custom]),
    [
      ["gatewright:index:GatewayComponent", "acme", false],
      ["gatewright:index:InfrastructureProvider", "acme/infrastructure", false],
      ["gatewright:index:ClusterOperator", "acme/edge", false],
      ["gatewright:index:ApplicationDeveloper", "acme/store", false],
      ["kubernetes:gateway.networking.k8s.io/v1:GatewayClass", "acme/infrastructure/external-lb", true],
      ["kubernetes:gateway.networking.k8s.io/v1:Gateway", "acme/edge/acme-external", true],
      ["kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", "acme/store/acme-store", true],
    ],
  );
});

test("a resource's parent is the component of the nearest scope", async (t) => {
  const parents = new Map<string, Promise<string> | undefined>();
  await deploy(
    t,
    () =>
      new GatewayComponent(
        "acme",
        {
          define: (scope) => {
            const outer = new ApplicationDeveloper(scope, "outer", { namespace: "store" });
            const inner = new ApplicationDeveloper(new Construct(outer, "between"), "inner");
            return new HTTPRoute(inner, "route", {});
          },
        },
        {
          transformations: [
            ({ name, opts }) => {
              parents.set(name, opts.parent && known(opts.parent.urn));
              return undefined;
            },
          ],
        },
      ),
  );
  const named = await Promise.all([...parents].map(async ([name, urn]) => [name, (await urn)?.split("::").at(-1)]));
  assert.deepEqual(named, [
    ["acme", undefined],
    ["acme/outer", "acme"],
    ["acme/outer/between/inner", "acme/outer"],
    ["acme/outer/between/inner/route", "acme/outer/between/inner"],
  ]);
});

test("every object waits for what it needs", async (t) => {
  const order: string[] = [];
  await deploy(
    t,
    () =>
      new GatewayComponent("acme", {
        define: (scope) => {
          const carol = new ApplicationDeveloper(scope, "carol", { namespace: "store" });
          const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
          const alice = new InfrastructureProvider(scope, "alice");
          const lb = new GatewayClass(alice, "lb", { controllerName: "acme.io/controller" });
          const gateway = new Gateway(bob, "external", { gatewayClassName: lb, listeners });
          new HTTPRoute(carol, "route", { parentRefs: [gateway] });
          new ReferenceGrant(carol, "grant", { from: [gateway], to: [{ group: "", kind: "Secret" }] });
          new GatewrightProxy(alice, "proxy");
        },
      }),
    {
      state: ({ inputs, custom }) => {
        if (custom) order.push((inputs as { kind: string }).kind);
        return {};
      },
    },
  );
  const before = (first: string, then: string) =>
    assert.ok(order.lastIndexOf(first) < order.indexOf(then), `${first} before ${then}: ${order.join(" ")}`);
  before("Namespace", "ServiceAccount");
  for (const kind of ["ServiceAccount", "Role", "RoleBinding", "ClusterRoleBinding", "CustomResourceDefinition"]) {
    before(kind, "Deployment");
  }
  before("Deployment", "GatewayClass");
  before("GatewayClass", "Gateway");
  before("Gateway", "HTTPRoute");
});

test("a preview of 1,200 objects takes seconds", async (t) => {
  const count = 400;
  const begun = process.cpuUsage();
  const { objects } = await deploy(
    t,
    () =>
      new GatewayComponent("acme", {
        define: (scope) => {
          const carol = new ApplicationDeveloper(scope, "carol", { namespace: "store" });
          const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
          for (let i = 0; i < count; i++) {
            const service = new Service(carol, `service-${i}`, { ports: [{ port: 80 }] });
            const gateway = new Gateway(bob, `gateway-${i}`, { gatewayClassName: "lb", listeners });
            new HTTPRoute(carol, `route-${i}`, {
              parentRefs: [gateway],
              rules: [{ backendRefs: [{ name: service.name, port: 80 }] }],
            });
          }
        },
      }),
    { preview: true },
  );
  // CPU time is measured rather than elapsed time: continuous integration runs other tests beside this one.
  const { user, system } = process.cpuUsage(begun);
  const took = (user + system) / 1_000;
  assert.equal(objects.size, 3 * count);
  t.diagnostic(`${took.toFixed(0)} ms of CPU`);
  assert.ok(took < 15_000, `${took.toFixed(0)} ms`);
});

test("objects of the core group are resources of the classes that the provider has for them", async (t) => {
  const { registered } = await deploy(
    t,
    () =>
      new GatewayComponent("acme", {
        define: (scope) => new GatewrightProxy(new InfrastructureProvider(scope, "alice"), "proxy"),
      }),
  );
  const types = registered.filter(({ custom }) => custom).map(({ type }) => type);
  assert.deepEqual(types.filter((type) => type.startsWith("kubernetes:core/")).sort(), [
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:Service",
    "kubernetes:core/v1:ServiceAccount",
  ]);
  // The provider accepts no type without a group.
  assert.ok(
    types.every((type) => /^kubernetes:[^:/]+\/v1:[A-Z]/.test(type)),
    types.join("\n"),
  );
});

test("dependencies of the program order objects of one rank", async (t) => {
  const { registered } = await deploy(
    t,
    () =>
      new GatewayComponent("acme", {
        define: (scope) => {
          const carol = new ApplicationDeveloper(scope, "carol", { namespace: "store" });
          const first = new HTTPRoute(carol, "declared-first", {});
          const dave = new ApplicationDeveloper(scope, "dave", { namespace: "store" });
          new HTTPRoute(dave, "declared-last", {});
          first.node.addDependency(dave);
        },
      }),
  );
  assert.deepEqual(
    registered.filter(({ custom }) => custom).map(({ name }) => name),
    ["acme/dave/declared-last", "acme/carol/declared-first"],
  );
});

test("a dependency against the order of application is refused before anything is registered", async (t) => {
  let thrown: unknown;
  const { registered } = await deploy(t, () => {
    try {
      new GatewayComponent("acme", {
        define: (scope) => {
          const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
          const gateway = new Gateway(bob, "external", { gatewayClassName: "lb", listeners });
          const carol = new ApplicationDeveloper(scope, "carol", { namespace: "store" });
          gateway.node.addDependency(new HTTPRoute(carol, "route", { parentRefs: [gateway] }));
        },
      });
    } catch (error) {
      thrown = error;
    }
  });
  assert.ok(RunError.isInstance(thrown));
  assert.match(thrown.message, /acme\/bob\/external: node\.addDependency makes it depend on acme\/carol\/route/);
  assert.deepEqual(registered, []);
});

test("a circle of dependencies is refused", async (t) => {
  await deploy(t, () =>
    assert.throws(
      () =>
        new GatewayComponent("acme", {
          define: (scope) => {
            const carol = new ApplicationDeveloper(scope, "carol", { namespace: "store" });
            const [a, b] = [new HTTPRoute(carol, "a", {}), new HTTPRoute(carol, "b", {})];
            a.node.addDependency(b);
            b.node.addDependency(a);
          },
        }),
      /acme\/carol\/a: GW1431: Dependencies form a cycle: acme\/carol\/a → acme\/carol\/b → acme\/carol\/a\./,
    ),
  );
});

test("a route without parentRefs, and a program that declares nothing, are warnings", async (t) => {
  const { logged } = await deploy(t, () => {
    new GatewayComponent("empty", { define: () => undefined });
    new GatewayComponent("acme", {
      define: (scope) => new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "route", {}),
    });
  });
  const warnings = logged.warnings.join("\n");
  assert.match(warnings, /empty: GW1430: The program declares no object\./);
  assert.match(
    warnings,
    /acme\/carol\/route: GW2431 HTTPRoute store\/route spec\.parentRefs: The HTTPRoute has no parentRefs/,
  );
});

test("the component's provider, protection and ignored changes are those of every object", async (t) => {
  const options: { name: string; protect?: boolean; ignoreChanges?: string[]; provider?: unknown }[] = [];
  const { registered } = await deploy(t, () => {
    const provider = new Provider("cluster", { kubeconfig: "{}" });
    new GatewayComponent(
      "acme",
      { define: acme },
      {
        provider,
        protect: true,
        ignoreChanges: ["spec.rules"],
        transformations: [
          ({ name, opts }) => {
            const { protect, ignoreChanges } = opts;
            options.push({ name, ...(protect && { protect }), ...(ignoreChanges && { ignoreChanges }) });
            return undefined;
          },
        ],
      },
    );
  });
  const objects = registered.filter(({ type }) => type.startsWith("kubernetes:"));
  assert.equal(objects.length, 3);
  for (const { provider } of objects) assert.match(provider ?? "", /pulumi:providers:kubernetes::cluster/);
  const ignored = options.filter(({ ignoreChanges }) => ignoreChanges?.includes("spec.rules")).map(({ name }) => name);
  assert.deepEqual(ignored, [
    "acme",
    "acme/infrastructure/external-lb",
    "acme/edge/acme-external",
    "acme/store/acme-store",
  ]);
});

test("all objects come after what the component depends on", async (t) => {
  const finished: string[] = [];
  class Before extends ComponentResource {
    constructor() {
      super("test:index:Before", "before");
      new Provider("slow", { kubeconfig: "{}" }, { parent: this });
      this.registerOutputs({});
    }
  }
  const { registered } = await deploy(
    t,
    () => new GatewayComponent("acme", { define: acme }, { dependsOn: new Before() }),
    { state: ({ name }) => ({ at: finished.push(name) }) },
  );
  const names = registered.map(({ name }) => name);
  assert.ok(names.indexOf("slow") < names.indexOf("acme/infrastructure/external-lb"), names.join(" "));
});

test("defined is what define returned, and addressOf the address that the Gateway got", async (t) => {
  const state = () => ({ status: { addresses: [{ type: "IPAddress", value: "10.200.1.1" }] } });
  let address: Promise<string> | undefined;
  await deploy(
    t,
    () => {
      const gateways = new GatewayComponent("acme", { define: acme });
      address = known(gateways.addressOf(gateways.defined.edge.external).apply((value) => `http://${value}`));
    },
    { state },
  );
  assert.equal(await address, "http://10.200.1.1");
});

test("addressOf refuses a Gateway of others", async (t) => {
  await deploy(t, () => {
    const gateways = new GatewayComponent("acme", { define: acme });
    assert.throws(
      () => gateways.addressOf(Gateway.fromName("theirs", { namespace: "edge" })),
      /addressOf takes a Gateway that this component declares, but got "theirs"/,
    );
  });
});

test("an address is unknown in a preview that creates the Gateway", async (t) => {
  let called = false;
  await deploy(
    t,
    () => {
      const gateways = new GatewayComponent("acme", { define: acme });
      gateways.addressOf(gateways.defined.edge.external).apply(() => {
        called = true;
      });
    },
    { preview: true },
  );
  assert.equal(called, false);
  assert.equal(runtime.isDryRun(), true);
});

test("CRDs outlive the stack, but for that of settings which only Gatewright reads", async (t) => {
  const retained = new Map<string, boolean | undefined>();
  const theirs = {
    ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
    ...{ metadata: { name: "things.acme.io" }, spec: { group: "acme.io" } },
  };
  const define = (scope: Construct) => {
    const alice = new InfrastructureProvider(scope, "alice");
    new GatewrightProxy(alice, "proxy");
    new InstalledObject(alice, "theirs", theirs);
  };
  const note: ResourceTransformation = ({ name, type, opts }) => {
    if (type.endsWith(":CustomResourceDefinition")) retained.set(name.split("/").at(-1) ?? "", opts.retainOnDelete);
    return undefined;
  };
  await deploy(t, () => new GatewayComponent("acme", { define }, { transformations: [note] }));
  assert.deepEqual(Object.fromEntries(retained), {
    "customresourcedefinition-gatewayparameters.gatewright.dev": undefined,
    theirs: true,
  });
});

test("Namespaces, Services and objects of any kind are resources with all of their members", async (t) => {
  const { registered } = await deploy(t, () => new GatewayComponent("shop", { define: shop }));
  const objects = registered.flatMap(({ type, inputs }) => {
    const { kind } = inputs as { readonly kind?: string };
    return kind !== undefined && Object.hasOwn(shopObjects, kind) ? [[kind, type, inputs] as const] : [];
  });
  assert.deepEqual(Object.fromEntries(objects.map(([kind, type]) => [kind, type])), {
    StorageClass: "kubernetes:storage.k8s.io/v1:StorageClass",
    Namespace: "kubernetes:core/v1:Namespace",
    Service: "kubernetes:core/v1:Service",
    ConfigMap: "kubernetes:core/v1:ConfigMap",
  });
  for (const [kind, , inputs] of objects) {
    const { data, provisioner } = inputs as { readonly data?: unknown; readonly provisioner?: unknown };
    if (kind === "ConfigMap") assert.deepEqual(data, { colour: "blue" });
    if (kind === "StorageClass") assert.equal(provisioner, "acme.io/disk");
  }
});
