import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, suite, test } from "node:test";
import { parse, stringify } from "yaml";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { installChannel } from "../cluster/gateway-api-crds.ts";
import { installGatewright } from "../cluster/installed.ts";
import { PulumiProject } from "./command.ts";
import { transcript } from "./transcript.ts";

const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "no-gateways", namespace: "quota" } };

let cluster: Cluster;
let project: PulumiProject | undefined;
before(async () => {
  cluster = await startCluster();
  await installChannel(cluster, "standard");
  await installGatewright(cluster);
  for (const name of ["team", "quota"]) {
    await cluster.apply(stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
  }
  await cluster.apply(stringify({ ...quota, spec: { hard: { "count/gateways.gateway.networking.k8s.io": "0" } } }));
});
afterEach(async () => {
  await project?.run("destroy", "--yes", "--skip-preview");
  project?.remove();
  project = undefined;
});
after(() => cluster?.stop());

/** Makes a project whose component declares what the body of a function does with `scope`. */
async function projectOf(body: string, kubeconfig = cluster.kubeconfig): Promise<PulumiProject> {
  project = await PulumiProject.create({ "index.ts": program(body) }, kubeconfig);
  return project;
}

function program(body: string): string {
  return `
import { ApplicationDeveloper, ClusterOperator, CustomFilter, Gateway, GatewayClass, HTTPRoute, InfrastructureProvider, service } from "gatewright";
import { GatewayComponent } from "gatewright/pulumi";
import * as pulumi from "@pulumi/pulumi";

const listeners = [{ name: "http", protocol: "HTTP", port: 80 }] as const;
new GatewayComponent("team", { timeoutSeconds: 10, define: (scope) => { ${body} } });
`;
}

const edge = `const edge = new ClusterOperator(scope, "edge", { namespace: "team" });`;
const store = `const store = new ApplicationDeveloper(scope, "store", { namespace: "team" });`;

/** Runs an update that has to fail, and returns its output. */
async function failure(of: PulumiProject, name: string, ...args: readonly string[]): Promise<string> {
  const [command = "up", ...rest] = args;
  const options = command === "up" ? ["--yes", "--skip-preview", ...rest] : rest;
  const { code, stdout, stderr } = await of.run(command, ...options);
  assert.notEqual(code, 0, stdout);
  transcript(name, `pulumi ${command}`, stdout);
  return stdout + stderr;
}

const kindsOf = async (of: PulumiProject) => (await of.resources()).map(({ type }) => type.split(":").at(-1));

suite("what a user sees when it fails, and what is recorded", () => {
  test("a program that is wrong: its findings in the preview, and nothing registered", async () => {
    const wrong = await projectOf(`${edge} ${store.replace("team", "other")}
      const external = new Gateway(edge, "external", { gatewayClassName: "gatewright", listeners });
      new HTTPRoute(store, "refused", { parentRefs: [external] });
      new HTTPRoute(store, "malformed", { rules: [{ backendRefs: [service("a", 80_800)] }] });`);
    const output = await failure(wrong, "findings", "preview");
    assert.match(output, /error: GatewayComponent "team" is not deployed: 2 errors in its program\./);
    assert.match(output, /team\/store\/refused: GW2404 HTTPRoute other\/refused spec\.parentRefs\[0\]: /);
    assert.match(output, /team\/store\/malformed: GW1106 .*given 80800/);
    assert.match(output, /team\/store\/malformed: .* \(declared at index\.ts:\d+\)/);
    assert.doesNotMatch(output, /gatewright:index|^ +at .*index\.ts/m);
    assert.deepEqual(await wrong.resources(), []);
  });

  test("a Gateway that is not Programmed: the reason while it waits, and another update once it is corrected", async () => {
    const addresses = (value: string) => `${edge}
      new Gateway(edge, "external", { gatewayClassName: "gatewright", listeners, addresses: [{ type: "IPAddress", value: "${value}" }] });`;
    const refused = await projectOf(addresses("203.0.113.9"));
    const output = await failure(refused, "refused");
    assert.match(output, /warning: AddressNotUsable: /);
    assert.match(output, /timed out waiting for the condition/);
    assert.deepEqual((await kindsOf(refused)).sort(), ["ClusterOperator", "Gateway", "GatewayComponent"]);
    const recorded = (await refused.resources()).find(({ type }) => type.endsWith(":Gateway"));
    assert.match(recorded?.initErrors?.join() ?? "", /timed out waiting for the condition/);
    refused.write(
      "index.ts",
      program(`${edge} new Gateway(edge, "external", { gatewayClassName: "gatewright", listeners });`),
    );
    await refused.succeed("up", "--yes", "--skip-preview");
    assert.deepEqual(
      (await refused.resources()).flatMap(({ initErrors = [] }) => initErrors),
      [],
    );
  });

  test("a Gateway that the controller does not accept: the reason while it waits", async () => {
    const passthrough = `[{ name: "raw", protocol: "TLS", port: 443, tls: { mode: "Passthrough" } }]`;
    const refused = await projectOf(`${edge}
      new Gateway(edge, "external", { gatewayClassName: "gatewright", listeners: ${passthrough} });`);
    const output = await failure(refused, "unaccepted");
    assert.match(output, /warning: ListenersNotValid: /);
    assert.match(output, /timed out waiting for the condition/);
    const accepted = `--output=jsonpath={.status.conditions[?(@.type=="Accepted")].status}`;
    assert.equal(await cluster.kubectl(["get", "gateway/external", "--namespace=team", accepted]), "False");
  });

  test("a class that is missing, and one that nobody serves: the limit, and no route after the Gateway", async () => {
    const body = (name: string, more: string) => `${edge} ${store} ${more}
      const external = new Gateway(edge, "external", { gatewayClassName: "${name}", listeners });
      new HTTPRoute(store, "route", { parentRefs: [external] });`;
    const missing = await projectOf(body("nobodys", ""));
    assert.match(
      await failure(missing, "class"),
      /Gateway::team\/edge\/external" was successfully created, but .* timed out/,
    );
    assert.ok(!(await kindsOf(missing)).includes("HTTPRoute"));
    const unserved = `new GatewayClass(new InfrastructureProvider(scope, "infrastructure"), "unserved", { controllerName: "example.com/nobody" });`;
    missing.write("index.ts", program(body("unserved", unserved)));
    assert.match(
      await failure(missing, "unserved"),
      /the Kubernetes API server reported that "team\/external" failed to .* become live: timed out/,
    );
    assert.ok(!(await kindsOf(missing)).includes("HTTPRoute"));
  });

  test("a route whose parent is not there: the limit", async () => {
    const lonely = await projectOf(
      `${store} new HTTPRoute(store, "route", { parentRefs: [Gateway.fromName("absent")] });`,
    );
    const output = await failure(lonely, "timeout");
    assert.match(
      output,
      /HTTPRoute::team\/store\/route" was successfully created, but .* timed out waiting for the condition/,
    );
  });

  test("CRDs that are missing: the kind, and nothing recorded of it", async () => {
    const filter = `{ group: "filters.example.com", kind: "RequireApiKey", version: "v1" }`;
    const missing = await projectOf(`${store} new CustomFilter(store, "partners", { filter: ${filter} });`);
    const output = await failure(missing, "crds");
    assert.match(
      output,
      /Verify that any required CRDs have been created: no matches for kind "RequireApiKey" in version "filters\.example\.com\/v1"/,
    );
    assert.ok(!(await kindsOf(missing)).includes("RequireApiKey"));
  });

  test("a quota that is used up: the preview succeeds and the update fails, with nothing recorded", async () => {
    const over = await projectOf(
      `${edge.replace("team", "quota")} new Gateway(edge, "external", { gatewayClassName: "gatewright", listeners });`,
    );
    // A quota that is not computed yet refuses as well, with "status unknown for" in place of "exceeded".
    assert.match(await over.succeed("preview"), /\+ 4 to create/);
    assert.match(
      await failure(over, "quota"),
      /not successfully created by the Kubernetes API server: .*quota: no-gateways/,
    );
    assert.ok(!(await kindsOf(over)).includes("Gateway"));
  });

  test("a cluster that cannot be reached: where, and nothing recorded", async () => {
    const elsewhere = changedKubeconfig((config) => {
      for (const { cluster: one } of config.clusters) one.server = "https://127.0.0.1:1";
    });
    const lost = await projectOf(
      `${edge} new Gateway(edge, "external", { gatewayClassName: "gatewright", listeners });`,
      elsewhere,
    );
    assert.match(await failure(lost, "unreachable"), /configured Kubernetes cluster is unreachable: .*127\.0\.0\.1:1/);
    assert.ok(!(await kindsOf(lost)).includes("Gateway"));
  });

  test("credentials that have expired: that the server asks for others, and nothing recorded", async () => {
    const expired = changedKubeconfig((config) => {
      for (const one of config.users) one.user = { token: "expired" };
    });
    const lost = await projectOf(
      `${edge} new Gateway(edge, "external", { gatewayClassName: "gatewright", listeners });`,
      expired,
    );
    assert.match(
      await failure(lost, "expired"),
      /configured Kubernetes cluster is unreachable: .* has asked for the client to provide credentials/,
    );
    assert.ok(!(await kindsOf(lost)).includes("Gateway"));
  });

  test("a secret hostname: deployed, and in no output and no state", async () => {
    const secret = await projectOf(`${store}
      new HTTPRoute(store, "route", { hostnames: [pulumi.secret("hunter2.example.com")] });`);
    const output = await secret.succeed("up", "--yes", "--skip-preview");
    assert.match(output, /team\/store\/route: spec\.hostnames\[0\]/);
    const deployed = await cluster.kubectl(["get", "httproute/route", "--namespace=team", "--output=yaml"]);
    assert.match(deployed, /hunter2\.example\.com/);
    for (const text of [output, await secret.succeed("preview", "--diff"), await secret.succeed("stack", "export")]) {
      assert.doesNotMatch(text, /hunter2/);
    }
  });

  test("nothing of all that is left in the cluster", async () => {
    const kinds = "gatewayclasses,gateways,httproutes";
    const left = await cluster.kubectl(["get", kinds, "--all-namespaces", "--output", "name"]);
    assert.equal(left.trim(), "gatewayclass.gateway.networking.k8s.io/gatewright");
  });
});

interface Kubeconfig {
  readonly clusters: { cluster: { server: string } }[];
  readonly users: { user: object }[];
}

/** Writes a changed copy of the cluster's kubeconfig. */
function changedKubeconfig(change: (config: Kubeconfig) => void): string {
  const config = parse(readFileSync(cluster.kubeconfig, "utf8")) as Kubeconfig;
  change(config);
  const file = join(process.env.TMPDIR ?? "/tmp", `gatewright-kubeconfig-${process.pid}`);
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}
