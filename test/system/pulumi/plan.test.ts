import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { stringify } from "yaml";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { installChannel } from "../cluster/gateway-api-crds.ts";
import { PulumiProject } from "./command.ts";
import { transcript } from "./transcript.ts";

const namespaces = ["plan-edge", "plan-store"];

let cluster: Cluster;
let project: PulumiProject;
before(async () => {
  cluster = await startCluster();
  await installChannel(cluster, "standard");
  for (const name of namespaces) {
    await cluster.apply(stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
  }
  project = await PulumiProject.create(
    { "index.ts": program({ shop: `"shop.acme.io"`, hidden: secret }) },
    cluster.kubeconfig,
  );
  await project.succeed("up", "--yes", "--skip-preview");
});
after(async () => {
  await project?.run("destroy", "--yes", "--skip-preview");
  project?.remove();
  await cluster?.kubectl(["delete", "namespace", ...namespaces, "--wait=false"]);
  await cluster?.stop();
});

const secret = `pulumi.secret("hunter2.acme.io")`;

/** Routes by name, each with the source of its hostname. No controller serves them: nothing is waited for. */
const program = (routes: Readonly<Record<string, string>>) => `
import { ApplicationDeveloper, ClusterOperator, Gateway, HTTPRoute, service } from "gatewright";
import { GatewayComponent } from "gatewright/pulumi";
import * as pulumi from "@pulumi/pulumi";

const listeners = [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } }] as const;
new GatewayComponent("team", { wait: false, define: (scope) => {
  const external = new Gateway(new ClusterOperator(scope, "edge", { namespace: "plan-edge" }), "external", { gatewayClassName: "lb", listeners });
  const store = new ApplicationDeveloper(scope, "store", { namespace: "plan-store" });
  ${Object.entries(routes)
    .map(
      ([name, hostname]) =>
        `new HTTPRoute(store, "${name}", { parentRefs: [external], hostnames: [${hostname}], rules: [{ backendRefs: [service("a", 80)] }] });`,
    )
    .join("\n  ")}
} });
`;

async function preview(routes: Readonly<Record<string, string>>): Promise<string> {
  project.write("index.ts", program(routes));
  return await project.succeed("preview");
}

suite("the plan of traffic in a preview", () => {
  test("nothing is told of what stays as it is", async () => {
    assert.doesNotMatch(await preview({ shop: `"shop.acme.io"`, hidden: secret }), /change of traffic|begins to/);
  });

  test("a route that is removed begins to fail, one that is new begins to be served", async () => {
    const output = await preview({ store: `"store.acme.io"`, hidden: secret });
    transcript("plan", "pulumi preview", output);
    assert.match(output, /2 changes of traffic: 1 failing, 1 newly served/);
    assert.match(output, /begins to fail {2}shop\.acme\.io {2}every path/);
    assert.match(output, /begins to be served {2}store\.acme\.io {2}every path/);
    assert.match(output, /does not compare what holds values that are not known or secret: team\/store\/hidden/);
  });

  test("a secret is told neither while it is declared nor when it is removed", async () => {
    const kept = await preview({ shop: `"shop.acme.io"`, hidden: `pulumi.secret("hunter3.acme.io")` });
    assert.doesNotMatch(kept, /hunter/);
    const removed = await preview({ shop: `"shop.acme.io"` });
    assert.match(removed, /HTTPRoute +team\/store\/hidden +delete/);
    assert.doesNotMatch(removed, /hunter/);
  });

  test("which objects hold secrets is recorded, and no more of them", async () => {
    const component = (await project.resources()).find(({ type }) => type === "gatewright:index:GatewayComponent");
    assert.deepEqual(component?.outputs, {
      objectsWithSecrets: ["gateway.networking.k8s.io HTTPRoute plan-store/hidden"],
    });
  });
});
