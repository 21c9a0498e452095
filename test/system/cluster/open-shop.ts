import assert from "node:assert/strict";
import type { Channel } from "../../../lib/api/schema/schema.ts";
import { type Cluster, type OwnCluster, startCluster } from "./cluster.ts";
import { installChannel } from "./gateway-api-crds.ts";
import { installGatewright, removeGatewayClass } from "./installed.ts";
import { Shop } from "./shop.ts";

/** A cluster of the run's own, with Gatewright installed and a shop open in it. */
export interface OpenShop {
  readonly cluster: Cluster;
  readonly own: OwnCluster;
  readonly shop: Shop;
  /** Where the shop answers, in the cluster's network. */
  readonly url: string;
}

/**
 * @param install what else has to be there before Gatewright is.
 * @param channel of the CRDs.
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

/** Takes away what other tests would stumble over. What was not opened is not closed. */
export async function closeShop(cluster: Cluster | undefined, shop: Shop | undefined): Promise<void> {
  await shop?.close();
  if (cluster !== undefined) await removeGatewayClass(cluster);
  await cluster?.stop();
}
