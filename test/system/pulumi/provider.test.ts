import assert from "node:assert/strict";
import { after, afterEach, before, suite, test } from "node:test";
import { stringify } from "yaml";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { installChannel } from "../cluster/gateway-api-crds.ts";
import { PulumiProject } from "./command.ts";
import { transcript } from "./transcript.ts";

const namespace = "provider";

let cluster: Cluster;
let project: PulumiProject | undefined;
before(async () => {
  cluster = await startCluster();
  await installChannel(cluster, "standard");
  await cluster.apply(stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }));
});
afterEach(async () => {
  await project?.run("destroy", "--yes", "--skip-preview");
  project?.remove();
  project = undefined;
});
after(async () => {
  await cluster?.kubectl(["delete", "namespace", namespace, "--wait=false"]);
  await cluster?.stop();
});

/** A program whose component has this body of `define`. */
const program = (body: string, props = "wait: false") => `
import { ApplicationDeveloper, ClusterOperator, Gateway, GatewayApiCrds, HTTPRoute, InfrastructureProvider, service } from "gatewright";
import { GatewayComponent } from "gatewright/pulumi";

new GatewayComponent("team", { ${props}, define: (scope) => { ${body} } });
`;

/** A route that no controller serves. */
const route = (weight: number, annotations = "") => `
  const store = new ApplicationDeveloper(scope, "store", { namespace: "${namespace}" });
  new HTTPRoute(store, "route", {
    metadata: { annotations: { ${annotations} } },
    parentRefs: [Gateway.fromName("external")],
    rules: [{ backendRefs: [{ ...service("a", 80), weight: ${weight} }] }],
  });`;

async function projectOf(text: string): Promise<PulumiProject> {
  project = await PulumiProject.create({ "index.ts": text }, cluster.kubeconfig);
  return project;
}

const kubectl = (...args: readonly string[]) => cluster.kubectl([...args, `--namespace=${namespace}`]);

const weightInCluster = () =>
  kubectl("get", "httproute/route", "--output=jsonpath={.spec.rules[0].backendRefs[0].weight}");

const patchWeight = (weight: number) => {
  const value = JSON.stringify([{ op: "replace", path: "/spec/rules/0/backendRefs/0/weight", value: weight }]);
  return kubectl("patch", "httproute/route", "--type=json", `--patch=${value}`);
};

const listeners = [{ name: "http", protocol: "HTTP", port: 80 }];

/** An object that the field manager `tests` has applied before the stack is deployed. */
const existing = (kind: string, spec: object) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind,
  metadata: { name: "existing", namespace },
  spec,
});

suite("what the Kubernetes provider does beside what the program says", () => {
  test("a field that kubectl has changed: a conflict in the preview, until the object says that Pulumi wins", async () => {
    const stack = await projectOf(program(route(1)));
    await stack.succeed("up", "--yes", "--skip-preview");
    await patchWeight(5);

    stack.write("index.ts", program(route(2)));
    const { code, stdout } = await stack.run("preview");
    transcript("conflict", "pulumi preview", stdout);
    assert.notEqual(code, 0, stdout);
    assert.match(stdout, /conflict/i);
    assert.match(stdout, /\.spec\.rules/);
    assert.equal(await weightInCluster(), "5");

    stack.write("index.ts", program(route(2, `"pulumi.com/patchForce": "true"`)));
    await stack.succeed("up", "--yes", "--skip-preview");
    assert.equal(await weightInCluster(), "2");
  });

  test("a change by others is seen after a refresh only", async () => {
    const stack = await projectOf(program(route(1)));
    await stack.succeed("up", "--yes", "--skip-preview");
    await patchWeight(5);
    await stack.succeed("preview", "--expect-no-changes");
    await stack.succeed("up", "--yes", "--skip-preview", "--expect-no-changes");
    assert.equal(await weightInCluster(), "5");
    const refreshed = await stack.succeed("refresh", "--yes", "--skip-preview");
    assert.match(refreshed, /HTTPRoute +team\/store\/route +updated/);
  });

  test("a Gateway that is there already is taken over without a word, and goes with the stack", async () => {
    await cluster.apply(stringify(existing("Gateway", { gatewayClassName: "lb", listeners })));
    const uid = await kubectl("get", "gateway/existing", "--output=jsonpath={.metadata.uid}");
    const stack = await projectOf(
      program(`new Gateway(new ClusterOperator(scope, "edge", { namespace: "${namespace}" }), "existing", {
        gatewayClassName: "lb", listeners: ${JSON.stringify(listeners)} });`),
    );
    await stack.succeed("up", "--yes", "--skip-preview");
    assert.equal(await kubectl("get", "gateway/existing", "--output=jsonpath={.metadata.uid}"), uid);
    await stack.succeed("destroy", "--yes", "--skip-preview");
    assert.equal(await kubectl("get", "gateways", "--output=name"), "");
  });

  test("a route that is there already is a conflict about its rules, in which the server has filled in defaults", async () => {
    await cluster.apply(stringify(existing("HTTPRoute", { rules: [{ backendRefs: [{ name: "a", port: 80 }] }] })));
    const declared = (annotations: string) =>
      program(`const store = new ApplicationDeveloper(scope, "store", { namespace: "${namespace}" });
        new HTTPRoute(store, "existing", {
          metadata: { annotations: { ${annotations} } }, rules: [{ backendRefs: [service("a", 80)] }] });`);
    const stack = await projectOf(declared(""));
    const { code, stdout } = await stack.run("up", "--yes", "--skip-preview");
    assert.notEqual(code, 0, stdout);
    assert.match(stdout, /Apply failed with 1 conflict: conflict with "tests": \.spec\.rules/);
    stack.write("index.ts", declared(`"pulumi.com/patchForce": "true"`));
    await stack.succeed("up", "--yes", "--skip-preview");
  });

  test("a refresh forgets that a route never became ready: the next update does not wait for it", async () => {
    const lonely = `const store = new ApplicationDeveloper(scope, "store", { namespace: "${namespace}" });
      new HTTPRoute(store, "route", { parentRefs: [Gateway.fromName("absent")] });`;
    const stack = await projectOf(program(lonely, "timeoutSeconds: 5"));
    const errors = async () => (await stack.resources()).flatMap(({ initErrors = [] }) => initErrors);
    assert.notEqual((await stack.run("up", "--yes", "--skip-preview")).code, 0);
    assert.match((await errors()).join(), /timed out waiting for the condition/);
    assert.notEqual((await stack.run("up", "--yes", "--skip-preview")).code, 0, "without a refresh it waits again");
    await stack.succeed("refresh", "--yes", "--skip-preview");
    assert.deepEqual(await errors(), []);
    await stack.succeed("up", "--yes", "--skip-preview");
  });

  test("the CRDs of the Gateway API outlive their stack, and the next deployment takes them over without a difference", async () => {
    const crds = `new GatewayApiCrds(new InfrastructureProvider(scope, "infrastructure"), "crds");`;
    const stack = await projectOf(program(crds, "wait: true"));
    await stack.succeed("up", "--yes", "--skip-preview");
    await stack.succeed("preview", "--expect-no-changes");
    await stack.succeed("destroy", "--yes", "--skip-preview");
    assert.match(await cluster.kubectl(["get", "crds", "--output=name"]), /gateways\.gateway\.networking\.k8s\.io/);
    await stack.succeed("up", "--yes", "--skip-preview");
    await stack.succeed("up", "--yes", "--skip-preview", "--expect-no-changes");
    await stack.succeed("refresh", "--yes", "--skip-preview");
    await stack.succeed("preview", "--expect-no-changes");
  });
});
