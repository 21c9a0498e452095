import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import fc from "fast-check";
import { credentialNames } from "../../../../../lib/api/kinds/credentials.ts";
import { type GatewayParametersSpec, proxyLimits } from "../../../../../lib/api/kinds/gateway-parameters.ts";
import { addProxyOptions, type ProxyFlags, proxyOptions } from "../../../../../lib/cli/options/proxy.ts";
import { defaultParameters, withParameters } from "../../../../../proxy/control/cluster/infrastructure/parameters.ts";

const defaults = { ...defaultParameters, image: "gatewright:1" };

/** Parses the arguments made from settings with the proxy's command. */
function options(spec: GatewayParametersSpec) {
  const command = addProxyOptions(new Command()).exitOverride();
  command.parse(withParameters(defaults, spec).arguments ?? [], { from: "user" });
  return proxyOptions(command.opts<ProxyFlags & Record<string, unknown>>(), {}).options;
}

test("without settings a proxy is as the controller makes every one", () => {
  assert.deepEqual(withParameters(defaults), { ...defaults, arguments: [] });
});

test("replicas, image and Service are those that are set, and the rest stays", () => {
  const spec = { replicas: 5, image: "own:2", service: { type: "ClusterIP", annotations: { a: "b" } } } as const;
  const given = withParameters(defaults, spec);
  assert.deepEqual([given.replicas, given.image, given.service], [5, "own:2", spec.service]);
  assert.equal(withParameters(defaults, { service: { loadBalancerClass: "acme.io/lb" } }).service.type, "LoadBalancer");
});

test("memory stays limited, and no default contradicts what is set", () => {
  const resources = (given: GatewayParametersSpec["resources"]) =>
    withParameters(defaults, given === undefined ? {} : { resources: given }).resources;
  assert.deepEqual(resources({ requests: { cpu: "2" } }), {
    requests: { cpu: "2", memory: "128Mi" },
    limits: { memory: "512Mi" },
  });
  assert.equal(resources({ requests: { memory: "1Gi" } }).limits?.memory, "1Gi");
  assert.equal(resources({ requests: { memory: "256Mi" } }).limits?.memory, "512Mi");
  assert.equal(resources({ limits: { memory: "64Mi" } }).requests?.memory, "64Mi");
  assert.equal(resources({ limits: { cpu: "5m" } }).requests?.cpu, "5m");
  assert.deepEqual(resources({ requests: { memory: "2Gi" }, limits: { memory: "1Gi" } }).limits, { memory: "1Gi" });
});

test("access log and limits reach the proxy", () => {
  const headers = ["User-Agent", "x-team"];
  assert.deepEqual(options({ accessLog: { query: true, headers, sampling: { below: 500, share: 0.001 } } }).accessLog, {
    ...{ to: 1, query: true, credentials: credentialNames, headers: ["user-agent", "x-team"] },
    ...{ lowestStatus: 500, share: 0.001 },
  });
  assert.deepEqual(options({ accessLog: {} }).accessLog, {
    to: 1,
    query: false,
    credentials: credentialNames,
    headers: [],
    lowestStatus: 0,
    share: 0,
  });
  assert.equal(options({ accessLog: { enabled: false, query: true } }).accessLog, undefined);
  assert.equal(options({ headerUnderscores: "refuse" }).headerUnderscores, "refuse");
  assert.equal(options({}).headerUnderscores, "allow");
  assert.deepEqual(options({ limits: { requests: 100, bodyBytes: 0 } }).limits, { bodyBytes: 0, requests: 100 });
});

test("whatever the schema admits, the proxy's command takes", () => {
  const accessLog = fc.record(
    {
      enabled: fc.boolean(),
      query: fc.boolean(),
      headers: fc.uniqueArray(fc.constantFrom("a", "X-B", "c_d", "e!"), { maxLength: 4 }),
      sampling: fc.record({
        below: fc.integer({ min: 100, max: 599 }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    { requiredKeys: [] },
  );
  const limit = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const limits = fc.dictionary(fc.constantFrom(...proxyLimits), limit, { maxKeys: 6 });
  fc.assert(
    fc.property(fc.record({ accessLog, limits }, { requiredKeys: [] }), (spec) => {
      const read = options(spec);
      assert.deepEqual(read.limits ?? {}, { ...spec.limits });
      if (spec.accessLog?.enabled === false || spec.accessLog === undefined) assert.equal(read.accessLog, undefined);
      else assert.ok(Math.abs((read.accessLog?.share ?? 0) - (spec.accessLog.sampling?.share ?? 0)) < 1e-11);
    }),
    { numRuns: 200 },
  );
});

test("the same settings make the same arguments, however they are ordered", () => {
  const one = withParameters(defaults, { limits: { requests: 1, connections: 2 } });
  const other = withParameters(defaults, { limits: { connections: 2, requests: 1 } });
  assert.deepEqual(one.arguments, other.arguments);
});
