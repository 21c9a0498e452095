import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, type TestContext, test } from "node:test";
import { stringify } from "yaml";
import { gatewright, scratch } from "../../unit/cli/gatewright.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installChannel } from "./gateway-api-crds.ts";

const apiVersion = "gateway.networking.k8s.io/v1";
const namespaces = ["live-edge", "live-store"];

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
  await installChannel(cluster, "standard");
  for (const name of namespaces) await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  await apply({
    apiVersion,
    kind: "GatewayClass",
    metadata: { name: "live" },
    spec: { controllerName: "example.com/live" },
  });
  await apply(gateway(80, 8080));
  await apply({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "a", namespace: "live-store" },
    spec: { ports: [{ port: 80 }] },
  });
  await apply(route("other-team", "p8080"));
});
after(async () => {
  await cluster?.kubectl(["delete", "gatewayclass/live", "--wait=false"]);
  await cluster?.kubectl(["delete", "namespace", ...namespaces, "--wait=false"]);
  await cluster?.stop();
});

const apply = (object: object) => cluster.apply(stringify(object));

const gateway = (...ports: number[]) => ({
  apiVersion,
  kind: "Gateway",
  metadata: { name: "external", namespace: "live-edge" },
  spec: {
    gatewayClassName: "live",
    listeners: ports.map((port) => ({
      name: `p${port}`,
      protocol: "HTTP",
      port,
      allowedRoutes: { namespaces: { from: "All" } },
    })),
  },
});

const route = (name: string, sectionName: string) => ({
  apiVersion,
  kind: "HTTPRoute",
  metadata: { name, namespace: "live-store" },
  spec: {
    parentRefs: [{ name: "external", namespace: "live-edge", sectionName }],
    rules: [{ backendRefs: [{ name: "a", port: 80 }] }],
  },
});

async function live(t: TestContext, command: string, ...sources: readonly object[]) {
  const cwd = await scratch(t);
  await writeFile(join(cwd, "new.yaml"), sources.map((object) => stringify(object)).join("---\n"));
  return await gatewright([command, "--live", "--kubeconfig", cluster.kubeconfig, "new.yaml"], { cwd });
}

suite("sources held against a real cluster", () => {
  test("a class whose controller has not answered", async (t) => {
    const { code, stdout } = await live(t, "check", gateway(80, 8080));
    assert.equal(code, 1);
    assert.match(stdout, /GW2704 Gateway live-edge\/external spec\.gatewayClassName/);
  });

  test("a route that would lose its listener, and the plan of it", async (t) => {
    const { code, stdout } = await live(t, "check", gateway(80), route("mine", "p80"));
    assert.equal(code, 1);
    assert.match(stdout, /GW2706 HTTPRoute live-store\/other-team/);
    const plan = await live(t, "plan", gateway(80), route("mine", "p80"));
    assert.equal(plan.code, 0, plan.stderr);
    assert.match(plan.stdout, /begins to fail {2}every other host {2}every path {2}live-edge\/external, port 8080/);
    assert.match(plan.stdout, /begins to be served .* port 80\n/);
  });

  test("what is there is not changed by what is there", async (t) => {
    const { code, stdout } = await live(t, "plan", gateway(80, 8080), route("other-team", "p8080"));
    assert.deepEqual([code, stdout], [0, "No change of traffic\n"]);
  });

  test("a contract of the live Gateway, and what becomes of it", async (t) => {
    const cwd = await scratch(t);
    const asked = ["contract", "--live", "live-edge/external", "--kubeconfig", cluster.kubeconfig];
    const { code, stdout: contract, stderr } = await gatewright(asked, { cwd });
    assert.equal(code, 0, stderr);
    await writeFile(join(cwd, "contract.json"), contract);
    const check = () => gatewright(["check", "--live", "--kubeconfig", cluster.kubeconfig, "contract.json"], { cwd });
    const kept = await check();
    assert.equal(kept.code, 0, kept.stdout);
    await apply(gateway(80));
    const broken = await check();
    await apply(gateway(80, 8080));
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /GW2603 .*listener p8080/);
  });

  test("CRDs that the cluster does not have", async (t) => {
    const tcp = {
      apiVersion: "gateway.networking.k8s.io/v1alpha2",
      kind: "TCPRoute",
      metadata: { name: "tcp", namespace: "live-store" },
    };
    const spec = { rules: [{ backendRefs: [{ name: "a", port: 80 }] }] };
    const cwd = await scratch(t);
    await writeFile(join(cwd, "tcp.yaml"), stringify({ ...tcp, spec }));
    const options = ["--live", "--channel", "experimental", "--kubeconfig", cluster.kubeconfig];
    const { stdout } = await gatewright(["check", ...options, "tcp.yaml"], { cwd });
    const installed = await cluster.kubectl(["get", "crds", "--output", "name"]);
    assert.equal(/GW2701 TCPRoute/.test(stdout), !/tcproutes/.test(installed), stdout);
  });
});
