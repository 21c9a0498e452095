import assert from "node:assert/strict";
import { after, afterEach, before, suite, test } from "node:test";
import { stringify } from "yaml";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { installChannel } from "../cluster/gateway-api-crds.ts";
import { PulumiProject } from "./command.ts";

let cluster: Cluster;
let project: PulumiProject | undefined;
before(async () => {
  cluster = await startCluster();
  await installChannel(cluster, "standard");
  await cluster.apply(stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "options" } }));
});
afterEach(async () => {
  await project?.run("state", "unprotect", "--all", "--yes");
  await project?.run("destroy", "--yes", "--skip-preview");
  project?.remove();
  project = undefined;
});
after(async () => {
  await cluster?.kubectl(["delete", "namespace", "options", "--wait=false"]);
  await cluster?.stop();
});

/** A route below a scope below a component with these options. No controller serves it: nothing is waited for. */
interface Program {
  readonly name?: string;
  readonly options?: string;
  readonly weight?: number;
}

const program = ({ name = "team", options = "{}", weight = 1 }: Program) => `
import { ApplicationDeveloper, HTTPRoute, service } from "gatewright";
import { GatewayComponent } from "gatewright/pulumi";

new GatewayComponent("${name}", { wait: false, define: (scope) => {
  const store = new ApplicationDeveloper(scope, "store", { namespace: "options" });
  new HTTPRoute(store, "route", { rules: [{ backendRefs: [{ ...service("a", 80), weight: ${weight} }] }] });
} }, ${options});
`;

/** Deploys a stack with the route. */
async function deployed(given: Program): Promise<PulumiProject> {
  project = await PulumiProject.create({ "index.ts": program(given) }, cluster.kubeconfig);
  await project.succeed("up", "--yes", "--skip-preview");
  return project;
}

/** Returns the value at a path of the route in the cluster. */
const inCluster = (path: string) =>
  cluster.kubectl(["get", "httproute/route", "--namespace=options", `--output=jsonpath={${path}}`]);

suite("options of the component, in the real engine", () => {
  test("another name with the old one as alias: nothing is replaced", async () => {
    const stack = await deployed({});
    const uid = await inCluster(".metadata.uid");
    stack.write("index.ts", program({ name: "crew", options: `{ aliases: [{ name: "team" }] }` }));
    await stack.succeed("up", "--yes", "--skip-preview", "--expect-no-changes");
    const urns = (await stack.resources()).map(({ urn }) => urn.split("::").at(-1));
    assert.deepEqual(urns.sort(), ["crew", "crew/store", "crew/store/route"]);
    assert.equal(await inCluster(".metadata.uid"), uid);
  });

  test("another parent with the old one as alias: nothing is replaced", async () => {
    const stack = await deployed({});
    const uid = await inCluster(".metadata.uid");
    stack.write(
      "index.ts",
      `import { ComponentResource, rootStackResource } from "@pulumi/pulumi";
      class Platform extends ComponentResource { constructor() { super("acme:index:Platform", "platform"); } }
      ${program({ options: "{ parent: new Platform(), aliases: [{ parent: rootStackResource }] }" })}`,
    );
    await stack.succeed("up", "--yes", "--skip-preview");
    const route = (await stack.resources()).find(({ type }) => type.endsWith(":HTTPRoute"));
    assert.match(route?.urn ?? "", /acme:index:Platform\$gatewright:index:GatewayComponent\$/);
    assert.equal(await inCluster(".metadata.uid"), uid);
  });

  test("a transform: what it writes into an object is what the cluster gets", async () => {
    const label = `(args) => args.type.endsWith(":HTTPRoute")
      ? { props: { ...args.props, metadata: { ...args.props.metadata, labels: { team: "store" } } }, opts: args.opts }
      : undefined`;
    await deployed({ options: `{ transforms: [${label}] }` });
    assert.equal(await inCluster(".metadata.labels.team"), "store");
  });

  test("protect: the route is not deleted", async () => {
    const stack = await deployed({ options: "{ protect: true }" });
    const { code, stdout, stderr } = await stack.run("destroy", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /HTTPRoute::team\/store\/route.*protected|protected.*HTTPRoute::team\/store\/route/s);
    assert.notEqual(await inCluster(".metadata.uid"), "");
  });

  test("ignoreChanges: a changed weight is none", async () => {
    const options = `{ ignoreChanges: ["spec.rules"] }`;
    const stack = await deployed({ options });
    stack.write("index.ts", program({ options, weight: 9 }));
    await stack.succeed("up", "--yes", "--skip-preview", "--expect-no-changes");
    assert.equal(await inCluster(".spec.rules[0].backendRefs[0].weight"), "1");
  });

  test("retainOnDelete: the stack is gone, and the route is not", async () => {
    const stack = await deployed({ options: "{ retainOnDelete: true }" });
    await stack.succeed("destroy", "--yes", "--skip-preview");
    assert.deepEqual(await stack.resources(), []);
    assert.notEqual(await inCluster(".metadata.uid"), "");
    await cluster.kubectl(["delete", "httproute/route", "--namespace=options"]);
  });
});
