import assert from "node:assert/strict";
import type { Channel } from "../../../lib/api/schema/schema.ts";
import { type Cluster, type OwnCluster, startCluster } from "./cluster.ts";
import { installChannel } from "./gateway-api-crds.ts";
import { installGatewright, removeGatewayClass } from "./installed.ts";
import { Shop } from "./shop.ts";

/** A cluster of the test run, with Gatewright and an open shop in it. */
export interface OpenShop {
  readonly cluster: Cluster;
  readonly own: OwnCluster;
  readonly shop: Shop;
  /** The URL of the shop in the cluster's network. */
  readonly url: string;
}

/**
 * @param install installs other prerequisites before Gatewright.
 * @param channel the channel of the CRDs.
 */
export async function openShop(
  namespace: string,
  install = async (_: Cluster) => {},
  channel: Channel = "standard",
): Promise<OpenShop> {
  const cluster = await startCluster();
  const shop = new Shop(cluster, namespace);
  try {
    const { own } = cluster;
    assert.ok(own);
    await installChannel(cluster, channel);
    await install(cluster);
    await installGatewright(cluster);
    await shop.open();
    return { cluster, own, shop, url: await shop.url() };
  } catch (error) {
    await closeShop(cluster, shop);
    throw error;
  }
}

/** Removes objects that would disturb other tests. Arguments are undefined if `openShop` failed. */
export async function closeShop(cluster: Cluster | undefined, shop: Shop | undefined): Promise<void> {
  await shop?.close();
  if (cluster !== undefined) await removeGatewayClass(cluster);
  await cluster?.stop();
}
