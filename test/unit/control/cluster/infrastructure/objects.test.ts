import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { load } from "../../../../../lib/api/load/load.ts";
import { selector as controllerPods } from "../../../../../lib/infrastructure-provider/installation/deployment.ts";
import type { GatewayConfiguration } from "../../../../../proxy/control/cluster/data-planes.ts";
import { childName, labelValue } from "../../../../../proxy/control/cluster/infrastructure/names.ts";
import { objectsOf } from "../../../../../proxy/control/cluster/infrastructure/objects.ts";
import { defaultParameters } from "../../../../../proxy/control/cluster/infrastructure/parameters.ts";
import { compile } from "../../../../../proxy/control/compile.ts";

const installation = {
  stream: "gatewright-controller.gatewright-system.svc:15010",
  authority: "-----BEGIN CERTIFICATE-----",
  audience: "gatewright.dev/controller",
  controllerName: "gatewright.dev/gateway-controller",
};
const parameters = { ...defaultParameters, image: "gatewright:1" };

function configurationOf(spec: Record<string, unknown> = {}, name = "edge"): GatewayConfiguration {
  const declared = [
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "GatewayClass",
      metadata: { name: String(spec.gatewayClassName ?? "external") },
      spec: { controllerName: "gatewright.dev/gateway-controller" },
    },
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { name, namespace: "acme", uid: "u-1" },
      spec: { gatewayClassName: "external", listeners: [{ name: "http", port: 80, protocol: "HTTP" }], ...spec },
    },
  ].map((object) => ({ object, origin: { cluster: "test" } }));
  const loaded = load([{ name: "test", declared, findings: [] }], { channel: "experimental" });
  assert.deepEqual(loaded.findings, []);
  const { gateways, attachment } = compile(loaded, { undeclared: "missing" });
  const [[key, gateway]] = [...attachment.gateways] as [[string, GatewayConfiguration["attachment"]]];
  return {
    name: key,
    attachment: gateway,
    ir: gateways[0] as GatewayConfiguration["ir"],
    keyPairs: new Map(),
    trustAnchors: new Map(),
  };
}

const of = (kind: string, configuration = configurationOf(), with_ = parameters) =>
  objectsOf(configuration, with_, installation).find((object) => object.kind === kind) as unknown as Record<
    string,
    unknown
  >;

test("each object is the Gateway's own, named and labelled as GEP-1762 has it", () => {
  const objects = objectsOf(configurationOf(), parameters, installation);
  assert.deepEqual(
    objects.map(({ kind }) => kind),
    ["ServiceAccount", "ConfigMap", "Deployment", "PodDisruptionBudget", "Service"],
  );
  for (const { metadata } of objects) {
    assert.equal(metadata.name, "edge-external");
    assert.equal(metadata.namespace, "acme");
    assert.equal(metadata.labels?.["gateway.networking.k8s.io/gateway-name"], "edge");
    const [owner] = (metadata as unknown as { ownerReferences: { kind: string; uid: string; controller: boolean }[] })
      .ownerReferences;
    assert.deepEqual([owner?.kind, owner?.uid, owner?.controller], ["Gateway", "u-1", true]);
  }
});

test("the Service and the disruption budget select the pods of this class alone, and name their controller", () => {
  const pods = {
    "gateway.networking.k8s.io/gateway-name": "edge",
    "gateway.networking.k8s.io/gateway-class-name": "external",
  };
  assert.deepEqual((of("Service").spec as { selector: unknown }).selector, pods);
  assert.deepEqual((of("PodDisruptionBudget").spec as { selector: unknown }).selector, { matchLabels: pods });
  const { template } = of("Deployment").spec as { template: { metadata: { labels: object; annotations: object } } };
  for (const [label, value] of Object.entries(pods)) assert.equal(template.metadata.labels[label as never], value);
  assert.deepEqual(template.metadata.annotations, {}, "the pods are not replaced for an annotation");
  for (const { metadata } of objectsOf(configurationOf(), parameters, installation)) {
    assert.equal(metadata.annotations?.["gatewright.dev/controller-name"], installation.controllerName);
  }
});

test("labels and annotations of infrastructure are on every object and on the pods, and cannot replace ours", () => {
  const infrastructure = { labels: { team: "edge", "app.kubernetes.io/managed-by": "me" }, annotations: { note: "x" } };
  const configuration = configurationOf({ infrastructure });
  for (const { metadata } of objectsOf(configuration, parameters, installation)) {
    assert.equal(metadata.labels?.team, "edge");
    assert.equal(metadata.labels?.["app.kubernetes.io/managed-by"], "gatewright");
    assert.equal(metadata.annotations?.note, "x");
  }
  const { template } = of("Deployment", configuration).spec as {
    template: { metadata: { labels: Record<string, string> } };
  };
  assert.equal(template.metadata.labels.team, "edge");
});

test("pods run as nobody, without rights, without a token that is good for anything else", () => {
  const { template } = of("Deployment").spec as { template: { spec: Record<string, never> } };
  const pod = template.spec as unknown as {
    automountServiceAccountToken: boolean;
    securityContext: { runAsNonRoot: boolean; sysctls: unknown };
    containers: { securityContext: unknown }[];
    volumes: { projected: { sources: { serviceAccountToken?: { audience: string } }[] } }[];
  };
  assert.equal(pod.automountServiceAccountToken, false);
  assert.equal(pod.securityContext.runAsNonRoot, true);
  assert.deepEqual(pod.securityContext.sysctls, [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }]);
  assert.deepEqual(pod.containers[0]?.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  assert.equal(pod.volumes[0]?.projected.sources[0]?.serviceAccountToken?.audience, "gatewright.dev/controller");
});

test("another listener is another port of the Service, and no other pod", () => {
  const listeners = [
    { name: "http", port: 80, protocol: "HTTP" },
    { name: "more", port: 8080, protocol: "HTTP" },
  ];
  const before = configurationOf();
  const after = configurationOf({ listeners });
  assert.deepEqual(of("Deployment", after), of("Deployment", before));
  const { ports } = of("Service", after).spec as { ports: { port: number; targetPort: number }[] };
  assert.deepEqual(
    ports.map(({ port, targetPort }) => [port, targetPort]),
    [
      [80, 80],
      [8080, 8080],
    ],
  );
});

test("the configuration is told on the pod's loopback alone; health and metrics have a port of their own", () => {
  const args = argumentsOf(configurationOf());
  assert.equal(args[args.indexOf("--admin") + 1], "127.0.0.1:9901");
  assert.equal(args[args.indexOf("--health") + 1], "[::]:9902");
  const { template } = of("Deployment", configurationOf()).spec as {
    template: { spec: { containers: Record<string, { httpGet?: { port: number } }>[] } };
  };
  for (const probe of ["readinessProbe", "livenessProbe", "startupProbe"]) {
    assert.equal(template.spec.containers[0]?.[probe]?.httpGet?.port, 9902, probe);
  }
});

test("the ports of the proxy's own give way to listeners", () => {
  for (const [wanted, admin, health] of [
    [[9901], 9902, 9903],
    [[9902], 9901, 9903],
    [[9901, 9902, 9903], 9904, 9905],
  ] as const) {
    const listeners = wanted.map((port) => ({ name: `p-${port}`, port, protocol: "HTTP" }));
    const args = argumentsOf(configurationOf({ listeners }));
    assert.equal(args[args.indexOf("--admin") + 1], `127.0.0.1:${admin}`);
    assert.equal(args[args.indexOf("--health") + 1], `[::]:${health}`);
  }
});

function argumentsOf(configuration: ReturnType<typeof configurationOf>): readonly string[] {
  const { template } = of("Deployment", configuration).spec as {
    template: { spec: { containers: { args: string[] }[] } };
  };
  return template.spec.containers[0]?.args ?? [];
}

test("an address that the Gateway asks for is asked of the load balancer", () => {
  const addresses = [{ type: "IPAddress", value: "10.200.1.7" }];
  assert.equal(
    (of("Service", configurationOf({ addresses })).spec as { loadBalancerIP: string }).loadBalancerIP,
    "10.200.1.7",
  );
});

test("a single proxy has no disruption budget, which would keep its node from ever being drained", () => {
  assert.equal(of("PodDisruptionBudget", configurationOf(), { ...parameters, replicas: 1 }), undefined);
});

test("where addresses are asked for decides the type of the Service, over its settings", () => {
  const specOf = (addresses: readonly object[], type = "LoadBalancer") => {
    const settings = { ...parameters, service: { ...parameters.service, type } } as typeof parameters;
    return of("Service", configurationOf({ addresses }), settings).spec as { type: string; clusterIP?: string };
  };
  const cluster = { routability: "Cluster" };
  assert.equal(specOf([cluster]).type, "ClusterIP");
  assert.equal(specOf([cluster], "NodePort").type, "ClusterIP");
  assert.equal(specOf([{ routability: "acme.io/wan" }]).type, "ClusterIP");
  assert.equal(specOf([cluster, {}]).type, "LoadBalancer");
  assert.equal(specOf([{ ...cluster, value: "10.96.0.9" }, {}]).clusterIP, "10.96.0.9");
  assert.equal(specOf([{ value: "10.96.0.9" }]).clusterIP, undefined);
  assert.equal(specOf([{ value: "10.96.0.9" }], "ClusterIP").clusterIP, "10.96.0.9");
  assert.equal(specOf([{ value: "10.96.0.9", routability: "acme.io/wan" }]).clusterIP, undefined);
});

test("every legal name of a Gateway and a class gives a legal name of a Service, and different ones", () => {
  const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$/);
  const name = fc
    .array(label, { minLength: 1, maxLength: 8 })
    .map((labels) => labels.join("."))
    .filter((text) => text.length <= 253);
  fc.assert(
    fc.property(name, name, name, (gateway, one, other) => {
      const child = childName(gateway, one);
      assert.match(child, /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
      assert.match(labelValue(gateway), /^[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/);
      if (one !== other) assert.notEqual(childName(gateway, one), childName(gateway, other));
    }),
  );
  assert.match(childName("a".repeat(253), "b"), /^a+-[0-9a-f]{8}$/);
});

test("two Gateways never have one name for what is made for them, wherever the hyphens are", () => {
  const part = fc.stringMatching(/^[a-c]{1,2}$/);
  const parts = fc.array(part, { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(parts, fc.nat(), fc.nat(), (all, one, other) => {
      const cut = (at: number): [string, string] => {
        const place = 1 + (at % (all.length - 1));
        return [all.slice(0, place).join("-"), all.slice(place).join("-")];
      };
      const [a, b] = [cut(one), cut(other)];
      if (a[0] !== b[0]) assert.notEqual(childName(...a), childName(...b));
    }),
  );
  assert.equal(childName("a-b", "c"), "a-b-c");
  assert.match(childName("a", "b-c"), /^a-b-c-[0-9a-f]{8}$/);
});

const labelKeys = fc.constantFrom(
  ...["app", "app.kubernetes.io/name", "app.kubernetes.io/managed-by", "app.kubernetes.io/part-of"],
  ...["gateway.networking.k8s.io/gateway-name", "gateway.networking.k8s.io/gateway-class-name"],
  ...["gatewright.dev/anything", "x.gatewright.dev/anything"],
);
const labelValues = fc.constantFrom("other", "edge", "external", "gatewright", "gatewright-controller", "x");

test("labels of infrastructure let no pod join another Gateway, or the controllers", () => {
  const property = fc.property(fc.dictionary(labelKeys, labelValues), (labels) => {
    const podsOf = (name: string) => {
      const { template } = of("Deployment", configurationOf({ infrastructure: { labels } }, name)).spec as {
        template: { metadata: { labels: Record<string, string> } };
      };
      return template.metadata.labels;
    };
    const selects = (selector: object, pods: Record<string, string>) =>
      Object.entries(selector).every(([key, value]) => pods[key] === value);
    const selectorsOf = (name: string) => {
      const objects = objectsOf(configurationOf({}, name), parameters, installation);
      return objects.flatMap(({ kind, spec }) => {
        const { selector } = (spec ?? {}) as { selector?: { matchLabels?: object } };
        return selector === undefined ? [] : [[kind, selector.matchLabels ?? selector] as const];
      });
    };
    for (const [kind, selector] of selectorsOf("other")) {
      assert.ok(!selects(selector, podsOf("edge")), `${kind} of another Gateway selects ${JSON.stringify(labels)}`);
    }
    for (const [kind, selector] of selectorsOf("edge")) assert.ok(selects(selector, podsOf("edge")), kind);
    assert.ok(!selects(controllerPods, podsOf("edge")));
  });
  fc.assert(property, { numRuns: 50 });
});

test("the Service and the budget of a Gateway select no pod that it had under another class", () => {
  const before = of("Deployment", configurationOf()).spec as {
    template: { metadata: { labels: Record<string, string> } };
  };
  const pods = before.template.metadata.labels;
  const after = configurationOf({ gatewayClassName: "internal" });
  const { selector } = of("Service", after).spec as { selector: Record<string, string> };
  const budget = of("PodDisruptionBudget", after).spec as { selector: { matchLabels: Record<string, string> } };
  for (const own of [selector, budget.selector.matchLabels]) {
    assert.ok(
      Object.entries(own).some(([key, value]) => pods[key] !== value),
      JSON.stringify(own),
    );
  }
});

test("no name of a Gateway is the label of a longer one", () => {
  const long = "a".repeat(80);
  const taken = labelValue(long);
  assert.equal(taken.length, 63);
  assert.notEqual(labelValue(taken), taken);
});
