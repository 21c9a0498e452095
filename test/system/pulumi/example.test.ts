import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { installChannel } from "../cluster/gateway-api-crds.ts";
import { loadGatewright } from "../cluster/installed.ts";
import { fileOf, PulumiProject } from "./command.ts";
import { transcript } from "./transcript.ts";

/** Files of the example and their dependencies in this repository. */
const program = [
  "pulumi-acme/index.ts",
  "pulumi-acme/acme.ts",
  "pulumi-acme/backend.ts",
  "acme/edge.ts",
  "acme/store.ts",
];

let cluster: Cluster;
let project: PulumiProject;
before(async () => {
  cluster = await startCluster();
  await installChannel(cluster, "standard");
  await loadGatewright(cluster);
  const files = Object.fromEntries(program.map((file) => [file, fileOf(`examples/${file}`)]));
  project = await PulumiProject.create(files, cluster.kubeconfig, { main: "pulumi-acme/index.ts" });
});
after(async () => {
  await project?.run("destroy", "--yes", "--skip-preview");
  project?.remove();
  await cluster?.stop();
});

suite("examples/pulumi-acme", () => {
  test("is previewed on an empty cluster, with nothing made", async () => {
    const output = await project.succeed("preview");
    transcript("preview", "pulumi preview", output);
    assert.match(output, /gatewright:index:ClusterOperator +acme\/edge +create/);
    assert.match(output, /kubernetes:gateway\.networking\.k8s\.io\/v1:Gateway +acme\/edge\/acme-external +create/);
    assert.match(output, /url: (\[unknown\]|output<string>)/);
    assert.equal((await project.resources()).length, 0);
  });

  test("is deployed, and its URL answers", async () => {
    const output = await project.succeed("up", "--yes", "--skip-preview");
    transcript("up", "pulumi up --yes --skip-preview", output);
    assert.match(output, /url: "http:\/\/10\.200\.1\.\d+\/store"/);
    const url = (await project.succeed("stack", "output", "url")).trim();
    await assertShare(url, 10);
  });

  test("is recorded whole, with nothing that failed", async () => {
    const resources = await project.resources();
    const types = new Set(resources.map(({ type }) => type));
    for (const kind of ["GatewayClass", "Gateway", "HTTPRoute"]) {
      assert.ok(types.has(`kubernetes:gateway.networking.k8s.io/v1:${kind}`), kind);
    }
    assert.deepEqual(
      resources.filter(({ initErrors = [] }) => initErrors.length > 0),
      [],
    );
  });

  test("does nothing when nothing has changed", async () => {
    assert.match(await project.succeed("up", "--yes", "--skip-preview", "--expect-no-changes"), /unchanged/);
  });

  test("shows a changed weight, and nothing else, in a preview", async () => {
    await project.succeed("config", "set", "acme:canary", "3");
    // With --diff, the command writes messages of programs and components to stderr.
    const { code, stdout: output, stderr } = await project.run("preview", "--diff");
    assert.equal(code, 0, output + stderr);
    transcript("change", "pulumi config set canary 3 && pulumi preview --diff", output);
    assert.match(output, /^ {4}~ 1 to update$/m);
    assert.doesNotMatch(output, /to (create|delete|replace)/);
    assert.match(output, /weight: 9 => 7/);
    assert.match(output, /weight: 1 => 3/);
    assert.equal(output.match(/ => /g)?.length, 2, output);
    assert.match(stderr, /1 change of traffic: 1 of shares\n\n *changes shares {2}acme\.io {2}\/store and below/);
    assert.match(stderr, /before {2}store\/acme-store:8080 90 %, store\/acme-store-canary:8080 10 %/);
    assert.match(stderr, /after {3}store\/acme-store:8080 70 %, store\/acme-store-canary:8080 30 %/);
  });

  test("sends the new share once it is deployed", async () => {
    await project.succeed("up", "--yes", "--skip-preview");
    const url = (await project.succeed("stack", "output", "url")).trim();
    await assertShare(url, 30);
  });

  test("is what a refresh finds", async () => {
    await project.succeed("refresh", "--yes", "--skip-preview");
    assert.match(await project.succeed("preview", "--expect-no-changes"), /unchanged/);
  });

  test("leaves nothing when it is destroyed", async () => {
    transcript("destroy", "pulumi destroy --yes", await project.succeed("destroy", "--yes", "--skip-preview"));
    assert.deepEqual(await project.resources(), []);
    const kinds = "gatewayclasses,gateways,httproutes,clusterroles,clusterrolebindings,namespaces";
    const left = await cluster.kubectl(["get", kinds, "--all-namespaces", "--output", "name"]);
    assert.doesNotMatch(left, /acme|gatewright|namespace\/(edge|store)$/m);
  });
});

/** Asserts the share of a backend. Each proxy splits exactly, but the test cannot choose the proxy of a connection. */
async function assertShare(url: string, percent: number): Promise<void> {
  const { "acme-store-canary": canary = 0, ...others } = await backendsOf(url, 100);
  assert.deepEqual(others, { "acme-store": 100 - canary });
  assert.ok(Math.abs(canary - percent) <= 5, `${canary} of 100`);
}

/** Returns how many of `count` requests each backend answered. */
async function backendsOf(url: string, count: number): Promise<Readonly<Record<string, number>>> {
  const answered: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const curl = ["curl", "--silent", "--show-error", "--fail", "--header", "Host: acme.io", url];
    const { stdout, stderr } = (await cluster.own?.inNetwork(curl)) ?? { stdout: "", stderr: "no network of its own" };
    const { pod } = JSON.parse(stdout || assert.fail(stderr)) as { readonly pod: string };
    const backend = pod.replace(/-[a-z0-9]+-[a-z0-9]+$/, "");
    answered[backend] = (answered[backend] ?? 0) + 1;
  }
  return answered;
}
