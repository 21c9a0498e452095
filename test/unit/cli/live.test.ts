import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { stringify } from "yaml";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { gatewright, scratch } from "./gatewright.ts";
import { type StandInOptions, standInCluster } from "./live-cluster.ts";

const apiVersion = "gateway.networking.k8s.io/v1";

const gatewayClass = (name: string, controllerName: string, accepted?: boolean): AnyObject => ({
  apiVersion,
  kind: "GatewayClass",
  metadata: { name },
  spec: { controllerName },
  ...(accepted !== undefined && {
    status: { conditions: [{ type: "Accepted", status: accepted ? "True" : "Unknown", reason: "Accepted" }] },
  }),
});

const gateway = (gatewayClassName: string, ...ports: number[]): AnyObject => ({
  apiVersion,
  kind: "Gateway",
  metadata: { name: "external", namespace: "edge" },
  spec: {
    gatewayClassName,
    listeners: ports.map((port) => ({
      name: `p${port}`,
      protocol: "HTTP",
      port,
      allowedRoutes: { namespaces: { from: "All" } },
    })),
  },
});

const route = (name: string, sectionName: string, backend = "a"): AnyObject => ({
  apiVersion,
  kind: "HTTPRoute",
  metadata: { name, namespace: "store", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: {
    parentRefs: [{ name: "external", namespace: "edge", sectionName }],
    rules: [{ backendRefs: [{ name: backend, port: 80 }] }],
  },
});

const service = (name: string): AnyObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "store" },
  spec: { ports: [{ port: 80 }] },
});

const cluster = [
  gatewayClass("lb", "acme.io/lb", true),
  gatewayClass("lost", "acme.io/lost", false),
  gateway("lb", 80, 8080),
  route("other-team", "p8080"),
  service("a"),
];

/** Runs a command against a cluster, on sources in a file. */
async function live(
  t: TestContext,
  args: readonly string[],
  sources: readonly AnyObject[],
  options: StandInOptions = {},
  objects: readonly AnyObject[] = cluster,
) {
  const cwd = await scratch(t);
  const kubeconfig = await standInCluster(t, cwd, objects, options);
  await writeFile(join(cwd, "new.yaml"), sources.map((object) => stringify(object)).join("---\n"));
  return await gatewright([...args, "--live", "--kubeconfig", kubeconfig, "new.yaml"], { cwd });
}

/** Code and object of each finding. */
async function findings(
  ...args: Parameters<typeof live> extends [infer T, unknown, ...infer Rest] ? [T, ...Rest] : never
) {
  const [t, ...rest] = args;
  const { stdout, stderr, code } = await live(t, ["check", "-o", "json"], ...rest);
  assert.doesNotMatch(stderr, /at .*\.ts:/, stderr);
  const { findings } = JSON.parse(stdout) as {
    findings: { code: string; severity: string; object?: { name: string }; given?: string }[];
  };
  return {
    code,
    found: findings
      .filter(({ code }) => !code.startsWith("GW3"))
      .map((one) => [one.severity, one.code, one.object?.name, one.given].filter(Boolean).join(" ")),
  };
}

test("what the cluster has counts as declared", async (t) => {
  assert.deepEqual(await findings(t, [route("mine", "p80")]), { code: 0, found: [] });
  const { found } = await findings(t, [route("mine", "p81", "b")]);
  assert.deepEqual(found, ["error GW2403 mine named p81", "error GW2413 mine store/b"]);
});

test("a class that nobody serves: declared, or in the cluster and never accepted", async (t) => {
  assert.deepEqual(await findings(t, [gateway("lost", 80, 8080)]), { code: 1, found: ["error GW2704 external lost"] });
  const fresh = [gatewayClass("new", "example.com/nobody"), gateway("new", 80, 8080)];
  assert.deepEqual((await findings(t, fresh)).found, ["error GW2704 external new"]);
  // Another class of a controller that has answered already.
  assert.deepEqual((await findings(t, [gatewayClass("new", "acme.io/lb"), gateway("new", 80, 8080)])).found, []);
});

test("a route of another team that loses its listener", async (t) => {
  const { code, found } = await findings(t, [gateway("lb", 80)]);
  assert.deepEqual([code, found], [1, ["error GW2706 other-team named p8080"]]);
});

test("CRDs that are missing, of another version, or of the standard channel", async (t) => {
  const options = { missing: ["httproutes"], bundle: "v1.4.0" };
  const { found } = await findings(t, [route("mine", "p80"), gateway("lb", 80, 8080)], options);
  assert.deepEqual(found, ["error GW2701 mine gateway.networking.k8s.io/v1", "advice GW2702 v1.4.0"]);
});

const mesh = (controllerName: string): AnyObject => ({
  apiVersion: "gateway.networking.x-k8s.io/v1alpha1",
  kind: "XMesh",
  metadata: { name: "mesh" },
  spec: { controllerName },
});
const experimental = ["check", "-o", "json", "--channel", "experimental"];

test("kinds that routing does not read are held against the cluster too", async (t) => {
  const told = async (options: StandInOptions) => {
    const sources = [mesh("acme.io/new"), route("mine", "p80", "unknown")];
    const given = { channel: "experimental", ...options } as const;
    const { stdout } = await live(t, experimental, sources, given, [...cluster, mesh("acme.io/old")]);
    const { findings } = JSON.parse(stdout) as { findings: { code: string; given?: string; allowed?: string }[] };
    return findings
      .filter(({ code }) => !code.startsWith("GW3"))
      .map(({ code, given = "", allowed = "" }) => `${code} ${given} ${allowed}`.trim());
  };
  const lost = "GW2413 store/unknown";
  assert.deepEqual((await told({})).sort(), ["GW1056", "GW1248 acme.io/new acme.io/old", lost]);
  const missing = await told({ missing: ["xmeshes"] });
  assert.deepEqual(missing.sort(), ["GW1056", lost, "GW2701 gateway.networking.x-k8s.io/v1alpha1"]);
  // What depends on other kinds is judged all the same.
  assert.deepEqual((await told({ forbidden: ["xmeshes"] })).sort(), ["GW1056", lost, "GW2705 XMesh"]);
});

test("a kind that may not be listed is told, and what depends on it is not an error", async (t) => {
  const { code, found } = await findings(t, [route("mine", "p80", "unknown")], { forbidden: ["services"] });
  assert.deepEqual([code, found], [0, ["note GW2705 Service"]]);
});

test("a cluster that cannot be reached, does not know who asks, or is none", async (t) => {
  const denied = await live(t, ["check"], [route("mine", "p80")], { status: 401 });
  assert.equal(denied.code, 2);
  assert.match(denied.stderr, /^error: check --live: http:\/\/127\.0\.0\.1:\d+: .*Unauthorized.*Sign in again/);
  const cwd = await scratch(t);
  const nowhere = await gatewright(["plan", "--live", "--kubeconfig", "absent", "x.yaml"], { cwd });
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.stderr, /plan --live: .*absent/);
});

test("a plan against the cluster: what the sources do not declare stays", async (t) => {
  const unchanged = await live(t, ["plan"], [route("other-team", "p8080")]);
  assert.deepEqual([unchanged.code, unchanged.stdout], [0, "No change of traffic\n"], unchanged.stderr);
  const { stdout } = await live(t, ["plan"], [gateway("lb", 80), route("mine", "p80")]);
  assert.match(stdout, /^2 changes of traffic: 1 failing, 1 newly served, 1 of listeners\n/);
  assert.match(stdout, /begins to fail {2}every other host {2}every path {2}edge\/external, port 8080/);
  assert.match(stdout, /begins to be served {2}every other host {2}every path {2}edge\/external, port 80\b/);
});

test("a new route is younger than those that are there", async (t) => {
  const objects = [...cluster, route("z-old", "p80")];
  const declared = [route("z-old", "p80"), route("a-new", "p80", "b")].map(({ metadata, ...rest }) => {
    const { creationTimestamp: _, ...own } = metadata;
    return { ...rest, metadata: own } as AnyObject;
  });
  const { stdout } = await live(t, ["plan"], declared, {}, objects);
  assert.equal(stdout, "No change of traffic\n");
});
