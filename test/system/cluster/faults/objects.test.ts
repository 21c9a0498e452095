import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { installationObjects } from "../../../../lib/infrastructure-provider/installation/objects.ts";
import { clusterName } from "../../../../lib/infrastructure-provider/installation/settings.ts";
import { ask } from "../ask.ts";
import { type Cluster, type OwnCluster, otherCluster } from "../cluster.ts";
import { assertNothingLost, underLoad } from "../load.ts";
import { closeShop, openShop } from "../open-shop.ts";
import { until } from "../rig/run.ts";
import type { Shop } from "../shop.ts";

/** The number of invalid routes, which have one of three reasons each. */
const invalid = 300;

suite("under a steady load, nothing is lost", { skip: otherCluster() }, () => {
  let cluster: Cluster;
  let own: OwnCluster;
  let shop: Shop;
  let url: string;
  before(async () => {
    ({ cluster, own, shop, url } = await openShop("faults-objects"));
  });
  after(async () => {
    if (cluster !== undefined) await removeOther();
    await closeShop(cluster, shop);
  });

  test(`when ${invalid} invalid routes come beside a good one, whose next change arrives`, async () => {
    const report = await underLoad(own, url, async () => {
      await shop.apply(...Array.from({ length: invalid }, (_, index) => invalidRoute(index)));
      await shop.apply(shop.route("beside"));
      await shop.answers("beside", 60_000);
    });
    assertNothingLost(report);
    await until("A status of every route", async () => (await refusals()) === invalid, 60_000, 1_000);
  });

  test("when a controller of another class serves the same route, and statuses of both stand side by side", async () => {
    const report = await underLoad(own, url, async () => {
      await installOther();
      await shop.apply({
        ...shop.gateway("second"),
        spec: { ...specOf(shop.gateway("second")), gatewayClassName: "other" },
      });
      await shop.apply(shop.route("both", { parents: ["gate", "second"] }));
      await shop.programmed("second");
      await shop.answers("both");
    });
    assertNothingLost(report);
    const second = `http://${await shop.address("second")}/`;
    await until("An answer of the other", async () => (await ask(own, second)).version === "both", 30_000);
    await until("Two statuses", async () => (await statuses()).length === 2, 30_000);
    assert.deepEqual(await statuses(), [
      "gate by gatewright.dev/gateway-controller: Accepted=True ResolvedRefs=True",
      "second by other.test/controller: Accepted=True ResolvedRefs=True",
    ]);
  });

  /** Makes an invalid route: its parent has no such section, its backend does not exist, or its filter is unknown. */
  function invalidRoute(index: number): object {
    const reasons = [
      { parent: { name: "gate", sectionName: "absent" }, rule: { backendRefs: [{ name: "backend", port: 8080 }] } },
      { parent: { name: "gate" }, rule: { backendRefs: [{ name: "absent", port: 8080 }] } },
      {
        parent: { name: "gate" },
        rule: {
          filters: [{ type: "ExtensionRef", extensionRef: { group: "absent.test", kind: "Filter", name: "absent" } }],
          backendRefs: [{ name: "backend", port: 8080 }],
        },
      },
    ] as const;
    const { parent, rule } = reasons[(index % 3) as 0 | 1 | 2];
    const matches = [{ path: { type: "PathPrefix", value: `/invalid/${index}` } }];
    return {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: `invalid-${index}`, namespace: shop.namespace },
      spec: { parentRefs: [parent], rules: [{ matches, ...rule }] },
    };
  }

  /** Returns the number of routes whose status reports that they are invalid. */
  async function refusals(): Promise<number> {
    const { items } = JSON.parse(await shop.kubectl("get", "httproutes", "--output=json")) as {
      items: readonly Route[];
    };
    return items.filter(
      ({ metadata, status }) =>
        metadata.name.startsWith("invalid-") &&
        status?.parents.some(({ conditions }) => conditions.some((condition) => condition.status === "False")),
    ).length;
  }

  async function statuses(): Promise<readonly string[]> {
    const { status } = (await shop.read("httproute/route")) as unknown as Route;
    return (status?.parents ?? [])
      .map(({ parentRef, controllerName, conditions }) => {
        const told = (type: string) => `${type}=${conditions.find((condition) => condition.type === type)?.status}`;
        return `${parentRef.name} by ${controllerName}: ${told("Accepted")} ${told("ResolvedRefs")}`;
      })
      .sort();
  }

  const namespace = "other-system";

  /** Installs Gatewright again under another name: one ClusterRole serves both, bound to a service account of each. */
  async function installOther(): Promise<void> {
    const settings = { namespace, controllerName: "other.test/controller", gatewayClassName: "other", replicas: 1 };
    await shop.apply(...installationObjects({ ...settings, imagePullPolicy: "IfNotPresent" }));
    const rollout = ["rollout", "status", "deployment/gatewright-controller", "--timeout=120s"];
    await cluster.kubectl(["--namespace", namespace, ...rollout], { timeout: 130_000 });
  }

  async function removeOther(): Promise<void> {
    await cluster.kubectl([
      "delete",
      "gatewayclass/other",
      `clusterrole/${clusterName(namespace)}`,
      `clusterrolebinding/${clusterName(namespace)}`,
      "--ignore-not-found",
    ]);
    await cluster.kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
  }
});

function specOf(object: object): object {
  return (object as { readonly spec: object }).spec;
}

interface Route {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly parents: readonly {
      readonly parentRef: { readonly name: string };
      readonly controllerName: string;
      readonly conditions: readonly { readonly type: string; readonly status: string }[];
    }[];
  };
}
