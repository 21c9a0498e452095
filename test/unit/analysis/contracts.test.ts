import assert from "node:assert/strict";
import { test } from "node:test";
import type { Construct } from "constructs";
import { check } from "../../../lib/analysis/check/check.ts";
import type { GatewayContract } from "../../../lib/api/contract/contract.ts";
import type { HTTPRouteSpec } from "../../../lib/api/index.ts";
import { load } from "../../../lib/api/load/load.ts";
import { ApplicationDeveloper } from "../../../lib/application-developer/application-developer.ts";
import { BackendTLSPolicy } from "../../../lib/application-developer/backend-tls-policy.ts";
import { service } from "../../../lib/application-developer/backends.ts";
import { HTTPRoute } from "../../../lib/application-developer/http-route.ts";
import { TCPRoute } from "../../../lib/application-developer/tcp-route.ts";
import { ClusterOperator } from "../../../lib/cluster-operator/cluster-operator.ts";
import { Gateway, type GatewayProps } from "../../../lib/cluster-operator/gateway.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { GatewayClass } from "../../../lib/infrastructure-provider/gateway-class.ts";
import { GatewrightProxy } from "../../../lib/infrastructure-provider/gatewright-proxy.ts";
import { InfrastructureProvider } from "../../../lib/infrastructure-provider/infrastructure-provider.ts";
import { simulate } from "../../../lib/testing/index.ts";

const offered: GatewayProps = {
  gatewayClassName: "lb",
  infrastructure: { labels: { secret: "not-told" } },
  listeners: [
    { name: "http", protocol: "HTTP", port: 80, hostname: "*.acme.io", allowedRoutes: { namespaces: { from: "All" } } },
    {
      name: "https",
      protocol: "HTTPS",
      port: 443,
      tls: { certificateRefs: [{ name: "acme-tls" }] },
      allowedRoutes: {
        kinds: [{ kind: "GRPCRoute" }],
        namespaces: { from: "Selector", selector: { matchLabels: { team: "store" } } },
      },
    },
  ],
};

function contractOf(props: GatewayProps = offered, features?: readonly string[]): GatewayContract {
  let contract: GatewayContract | undefined;
  objectsOf((scope) => {
    const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
    contract = new Gateway(bob, "external", props).contract(features === undefined ? {} : { features });
  });
  assert.ok(contract);
  // A contract travels as JSON.
  return JSON.parse(JSON.stringify(contract)) as GatewayContract;
}

function findingsOf(define: (scope: Construct) => unknown) {
  const loaded = load([{ name: "program", ...objectsOf(define) }], { channel: "standard" });
  return check(loaded, {}).filter(({ code }) => code !== "GW2413");
}

function found(contract: unknown, spec: HTTPRouteSpec = {}, namespace = "store"): string[] {
  return findingsOf((scope) => {
    const gateway = Gateway.fromContract(contract as GatewayContract);
    new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace }), "r", {
      rules: [{ backendRefs: [service("a", 80)] }],
      ...spec,
      parentRefs: [(spec.parentRefs?.[0] ?? gateway) as typeof gateway],
    });
  }).map(({ severity, code, field }) => `${severity} ${code} ${field}`);
}

test("a contract holds what the handshake needs, defaults written out, and nothing else", () => {
  assert.deepEqual(contractOf(), {
    apiVersion: "gatewright.dev/v1",
    kind: "GatewayContract",
    metadata: { name: "external", namespace: "edge" },
    spec: {
      gatewayClassName: "lb",
      listeners: [
        {
          name: "http",
          port: 80,
          protocol: "HTTP",
          hostname: "*.acme.io",
          kinds: ["HTTPRoute", "GRPCRoute"],
          namespaces: { from: "All" },
        },
        {
          name: "https",
          port: 443,
          protocol: "HTTPS",
          kinds: ["GRPCRoute"],
          namespaces: { from: "Selector", selector: { matchLabels: { team: "store" } } },
        },
      ],
    },
  });
  assert.doesNotMatch(JSON.stringify(contractOf()), /acme-tls|not-told/);
});

test("features come from the class: our own are known, others can be given", () => {
  const contracts: GatewayContract[] = [];
  objectsOf((scope) => {
    const alice = new InfrastructureProvider(scope, "alice");
    const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
    const ours = new GatewrightProxy(alice, "proxy").gatewayClass;
    const theirs = new GatewayClass(alice, "lb", { controllerName: "acme.io/lb" });
    contracts.push(new Gateway(bob, "a", { ...offered, gatewayClassName: ours }).contract());
    contracts.push(new Gateway(bob, "b", { ...offered, gatewayClassName: theirs }).contract());
  });
  assert.ok(contracts[0]?.spec.features?.includes("HTTPRouteMethodMatching"));
  assert.equal(contracts[1]?.spec.controllerName, "acme.io/lb");
  assert.equal(contracts[1]?.spec.features, undefined);
  assert.deepEqual(contractOf(offered, ["b", "a"]).spec.features, ["a", "b"]);
});

test("a route that fits has no findings, without the other team's code", () => {
  assert.deepEqual(found(contractOf(), { hostnames: ["shop.acme.io"] }), []);
});

test("the check finds what the handshake would refuse", () => {
  const contract = contractOf();
  assert.deepEqual(found(contract, { hostnames: ["shop.example.com"] }), ["error GW2405 spec.hostnames"]);
  const external = Gateway.fromContract(contract);
  assert.deepEqual(found(contract, { parentRefs: [external.listener("https")] }), ["error GW2404 spec.parentRefs[0]"]);
  assert.deepEqual(found(contract, { parentRefs: [{ ...external.parentRef, port: 8080 }] }), [
    "error GW2403 spec.parentRefs[0].port",
  ]);
  const same = contractOf({ ...offered, listeners: [{ name: "http", protocol: "HTTP", port: 80 }] });
  assert.deepEqual(found(same), ["error GW2404 spec.parentRefs[0]"]);
  assert.deepEqual(found(same, {}, "edge"), [], "from Same means the Gateway's namespace");
});

test("a selector is evaluated by the reader, who may not declare the namespace", () => {
  const selecting = contractOf({
    ...offered,
    listeners: [
      {
        name: "http",
        protocol: "HTTP",
        port: 80,
        allowedRoutes: { namespaces: { from: "Selector", selector: { matchLabels: { team: "store" } } } },
      },
    ],
  });
  assert.deepEqual(found(selecting), ["note GW2430 spec.parentRefs[0]"]);
});

test("a kind that no listener takes is refused", () => {
  const codes = findingsOf((scope) => {
    new TCPRoute(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "r", {
      parentRefs: [Gateway.fromContract(contractOf())],
      rules: [{ backendRefs: [service("a", 80)] }],
    });
  }).map(({ code }) => code);
  assert.deepEqual(codes, ["GW2404"]);
});

test("a feature that the class does not offer is a finding at the field; without a list nothing is said", () => {
  const spec: HTTPRouteSpec = {
    hostnames: ["shop.acme.io"],
    rules: [{ matches: [{ method: "GET" }], timeouts: { request: "1s" }, backendRefs: [service("a", 80)] }],
  };
  assert.deepEqual(found(contractOf(), spec), []);
  assert.deepEqual(found(contractOf(offered, ["HTTPRoute", "HTTPRouteMethodMatching"]), spec), [
    "error GW2602 spec.rules[0].timeouts.request",
  ]);
});

test("a BackendTLSPolicy needs Gateways that know of it, where its Service is routed to", () => {
  const policies = (features: readonly string[], target: string) =>
    findingsOf((scope) => {
      const carol = new ApplicationDeveloper(scope, "carol", { namespace: "store" });
      new HTTPRoute(carol, "r", {
        parentRefs: [Gateway.fromContract(contractOf(offered, features))],
        rules: [{ backendRefs: [service("a", 80)] }],
      });
      new BackendTLSPolicy(carol, "p", {
        targetRefs: [{ group: "", kind: "Service", name: target }],
        validation: {
          hostname: "a.store",
          wellKnownCACertificates: "System",
          subjectAltNames: [{ type: "Hostname", hostname: "b.store" }],
        },
      });
    })
      .filter(({ severity }) => severity === "error")
      .map(({ code, field, object }) => `${code} ${object?.kind} ${field}`);
  assert.deepEqual(policies(["HTTPRoute"], "a"), [
    "GW2602 BackendTLSPolicy spec",
    "GW2602 BackendTLSPolicy spec.validation.subjectAltNames",
  ]);
  assert.deepEqual(policies(["BackendTLSPolicy"], "a"), ["GW2602 BackendTLSPolicy spec.validation.subjectAltNames"]);
  assert.deepEqual(policies(["BackendTLSPolicy", "BackendTLSPolicySANValidation"], "a"), []);
  assert.deepEqual(policies(["HTTPRoute"], "b"), []);
});

test("a malformed contract says what is wrong, one of a newer version that it is newer", () => {
  const contract = contractOf();
  const broken = { ...contract, spec: { ...contract.spec, listeners: [{ ...contract.spec.listeners[0], port: 0 }] } };
  assert.throws(
    () => Gateway.fromContract(broken as GatewayContract),
    /no valid GatewayContract:\n {2}spec\.listeners\[0\]\.port: .*65535/,
  );
  const newer = { ...contract, apiVersion: "gatewright.dev/v2" };
  assert.throws(() => Gateway.fromContract(newer as never), /apiVersion: .*gatewright\.dev\/v2, which is newer/);
  for (const given of [undefined, null, 3, "{}", [], {}])
    assert.throws(() => Gateway.fromContract(given as never), /no valid GatewayContract/, JSON.stringify(given));
  assert.throws(() => Gateway.fromContract(contract).listener("nope"), /no listener "nope".*"http", "https"/);
});

test("a contract that only an engine knows is a note; one that can be produced is read", () => {
  const contract = contractOf();
  const output = { apply: (read: (value: unknown) => unknown) => ({ apply: () => read(contract) }) };
  const codes = findingsOf((scope) => {
    new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "r", {
      parentRefs: [Gateway.fromContract(output)],
      rules: [{ backendRefs: [service("a", 80)] }],
    });
  }).map(({ code, severity }) => `${severity} ${code}`);
  assert.ok(codes.includes("note GW2604"), codes.join());
  assert.deepEqual(found({ produce: () => contract }, { hostnames: ["shop.example.com"] }), [
    "error GW2405 spec.hostnames",
  ]);
});

test("a contract is a document of any source, is not emitted, and is held against the Gateway itself", () => {
  const origin = { file: "acme-external.json" };
  const contract = contractOf();
  const gateway = (props: GatewayProps) => ({
    name: "bob",
    ...objectsOf((scope) => new Gateway(new ClusterOperator(scope, "bob", { namespace: "edge" }), "external", props)),
  });
  const declared = { name: "contract", declared: [{ object: contract as never, origin }], findings: [] };
  const messages = (props: GatewayProps) => {
    const loaded = load([gateway(props), declared], { channel: "standard" });
    assert.deepEqual(
      loaded.authored.map(({ object }) => object.kind),
      ["Gateway"],
    );
    return check(loaded, { only: "attachment" })
      .filter(({ code }) => code === "GW2603")
      .map(({ severity, field = "", message }) => `${severity} ${field} ${message}`);
  };
  assert.deepEqual(messages(offered), []);
  const [http, https] = offered.listeners;
  assert.ok(http && https);
  assert.deepEqual(messages({ ...offered, listeners: [{ ...http, hostname: "*.acme.com" }] }), [
    "error spec.listeners[0].hostname The hostname of listener http is now *.acme.com.",
    "error spec.listeners[1] The Gateway has no listener https any more.",
  ]);
  assert.deepEqual(messages({ ...offered, listeners: [http, https, { ...http, name: "more", port: 81 }] }), [
    "note  The Gateway has a listener more as well.",
  ]);
});

test("traffic can be simulated against a contract, HTTPS included", () => {
  const contract = contractOf({ ...offered, listeners: offered.listeners.slice(0, 1) });
  const traffic = simulate((scope) => {
    new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "r", {
      parentRefs: [Gateway.fromContract(contract)],
      rules: [{ backendRefs: [service("a", 80)] }],
    });
  });
  assert.deepEqual(traffic.get("http://shop.acme.io/").backends, { "store/a:80": 1 });
});
