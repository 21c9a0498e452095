import assert from "node:assert/strict";
import { after, afterEach, before, suite, test } from "node:test";
import { stringify } from "yaml";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { installChannel } from "../cluster/gateway-api-crds.ts";
import { PulumiProject } from "./command.ts";
import { transcript } from "./transcript.ts";

let cluster: Cluster;
let project: PulumiProject | undefined;
before(async () => {
  cluster = await startCluster();
  await installChannel(cluster, "standard");
  for (const name of ["edge", "store"])
    await cluster.apply(stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
});
afterEach(async () => {
  await project?.run("destroy", "--yes", "--skip-preview");
  project?.remove();
  project = undefined;
});
after(() => cluster?.stop());

/** A program with two scopes, Bob's and Carol's. No controller serves its objects, so nothing is waited for. */
const program = (body: string) => `
import { Config } from "@pulumi/pulumi";
import { ApplicationDeveloper, ClusterOperator, Gateway, HTTPRoute, service } from "gatewright";
import { Canary, GatewayMigration } from "gatewright/patterns";
import { GatewayComponent } from "gatewright/pulumi";

const config = new Config("acme");
new GatewayComponent("acme", { wait: false, define: (scope) => {
  const bob = new ClusterOperator(scope, "edge", { namespace: "edge" });
  const carol = new ApplicationDeveloper(scope, "store", { namespace: "store" });
  ${body}
} });
`;

async function deployed(body: string): Promise<PulumiProject> {
  project = await PulumiProject.create({ "index.ts": program(body) }, cluster.kubeconfig);
  await project.succeed("up", "--yes", "--skip-preview");
  return project;
}

/** Deploys another version of the program, and returns the engine's summary. */
async function redeploy(stack: PulumiProject, body: string): Promise<string> {
  stack.write("index.ts", program(body));
  return stack.succeed("up", "--yes", "--skip-preview");
}

/** Returns the uid of an object, which changes if the object is replaced. */
const uid = (object: string, namespace: string) =>
  cluster.kubectl(["get", object, `--namespace=${namespace}`, "--output=jsonpath={.metadata.uid}"]);

const replaced = /\d+ (created|deleted|replaced)/;

suite("patterns, in the real engine", () => {
  const canary = `new Canary(carol, "acme-store", {
    stable: service("acme-store", 8080), canary: service("acme-store-canary", 8080),
    steps: [0, 5, 25, 100], step: config.requireNumber("step"),
  });`;

  test("a route becomes a canary, moves step by step, and is one no more: the same object all the time", async () => {
    const stack = await deployed(
      `new HTTPRoute(carol, "acme-store", { rules: [{ backendRefs: [service("acme-store", 8080)] }] });`,
    );
    const before = await uid("httproute/acme-store", "store");
    await stack.succeed("config", "set", "acme:step", "1");
    assert.doesNotMatch(await redeploy(stack, canary), replaced);

    await stack.succeed("config", "set", "acme:step", "2");
    const preview = await stack.succeed("preview", "--diff");
    transcript("canary", "pulumi config set acme:step 2 && pulumi preview --diff", preview, "docs/patterns.md");
    assert.match(preview, /weight: 95 => 75/);
    assert.match(preview, /weight: 5 => 25/);
    assert.equal(preview.match(/ => /g)?.length, 2, preview);
    await stack.succeed("up", "--yes", "--skip-preview");

    const after = `new HTTPRoute(carol, "acme-store", { rules: [{ backendRefs: [service("acme-store-canary", 8080)] }] });`;
    assert.doesNotMatch(await redeploy(stack, after), replaced);
    assert.equal(await uid("httproute/acme-store", "store"), before);
  });

  test("a step that is not there ends the preview, and nothing is changed", async () => {
    const stack = await deployed(
      `new HTTPRoute(carol, "acme-store", { rules: [{ backendRefs: [service("acme-store", 8080)] }] });`,
    );
    await stack.succeed("config", "set", "acme:step", "4");
    stack.write("index.ts", program(canary));
    const { code, stdout, stderr } = await stack.run("preview");
    assert.notEqual(code, 0);
    assert.match(
      stdout + stderr,
      /acme\/store\/acme-store: there is no step 4\. Steps are counted from 0: 0 \(0 %\), 1 \(5 %\)/,
    );
    assert.equal((await stack.resources()).filter(({ type }) => type.endsWith(":HTTPRoute")).length, 1);
  });

  test("a Gateway gets a successor: each of the two is one object from its first day to its last", async () => {
    const listeners = `[{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } }]`;
    const routes = `{ matchLabels: { gateway: "acme-external" } }`;
    const carol = `new HTTPRoute(carol, "acme-store", { metadata: { labels: { gateway: "acme-external" } }, rules: [{ backendRefs: [service("acme-store", 8080)] }] });`;
    const plain = (id: string, lb: string) =>
      `new Gateway(bob, "${id}", { gatewayClassName: "${lb}", listeners: ${listeners} }).selectRoutes(${routes}); ${carol}`;
    const migration = (stage: string) => `new GatewayMigration(bob, "new-load-balancer", {
      from: { id: "acme-external", gatewayClassName: "external-lb", listeners: ${listeners} },
      to: { id: "acme-external-v2", gatewayClassName: "external-lb-v2", listeners: ${listeners} },
      stage: "${stage}", routes: ${routes},
    }); ${carol}`;
    const parents = () =>
      cluster.kubectl([
        "get",
        "httproute/acme-store",
        "--namespace=store",
        "--output=jsonpath={.spec.parentRefs[*].name}",
      ]);

    const stack = await deployed(plain("acme-external", "external-lb"));
    const old = await uid("gateway/acme-external", "edge");
    stack.write("index.ts", program(migration("from")));
    await stack.succeed("up", "--yes", "--skip-preview", "--expect-no-changes");

    const both = await redeploy(stack, migration("both"));
    assert.match(both, /\+ 1 created/);
    assert.doesNotMatch(both, /deleted|replaced/);
    assert.deepEqual(
      [await uid("gateway/acme-external", "edge"), await parents()],
      [old, "acme-external acme-external-v2"],
    );
    const successor = await uid("gateway/acme-external-v2", "edge");

    const to = await redeploy(stack, migration("to"));
    assert.match(to, /- 1 deleted/);
    assert.doesNotMatch(to, /created|replaced/);
    stack.write("index.ts", program(plain("acme-external-v2", "external-lb-v2")));
    await stack.succeed("up", "--yes", "--skip-preview", "--expect-no-changes");
    assert.deepEqual([await uid("gateway/acme-external-v2", "edge"), await parents()], [successor, "acme-external-v2"]);
  });
});
