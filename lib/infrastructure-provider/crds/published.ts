import { brotliDecompressSync } from "node:zlib";
import type { AnyObject } from "../../api/declared/declared.ts";
import type { Channel } from "../../api/schema/schema.ts";
import { packedCrds } from "./packed.ts";

let unpacked: Readonly<Record<Channel, readonly AnyObject[]>> | undefined;

/**
 * What the Gateway API publishes to install a channel with. Unpacked when it is first asked for.
 *
 * @param safeUpgrades whether the policy for upgrades, and what binds it, come along.
 */
export function crdObjects(channel: Channel, safeUpgrades: boolean): readonly AnyObject[] {
  unpacked ??= JSON.parse(brotliDecompressSync(Buffer.from(packedCrds, "base64")).toString("utf8")) as Record<
    Channel,
    readonly AnyObject[]
  >;
  return unpacked[channel].filter(({ kind }) => kind === "CustomResourceDefinition" || safeUpgrades);
}
