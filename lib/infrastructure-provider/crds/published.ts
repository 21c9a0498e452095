import { brotliDecompressSync } from "node:zlib";
import type { AnyObject } from "../../api/declared/declared.ts";
import type { Channel } from "../../api/schema/schema.ts";
import { packedCrds } from "./packed.ts";

let unpacked: Readonly<Record<Channel, readonly AnyObject[]>> | undefined;

/**
 * Returns the objects that the Gateway API publishes for installing a channel. They are unpacked on first use.
 *
 * @param safeUpgrades includes the ValidatingAdmissionPolicy for upgrades and its binding.
 */
export function crdObjects(channel: Channel, safeUpgrades: boolean): readonly AnyObject[] {
  unpacked ??= JSON.parse(brotliDecompressSync(Buffer.from(packedCrds, "base64")).toString("utf8")) as Record<
    Channel,
    readonly AnyObject[]
  >;
  return unpacked[channel].filter(({ kind }) => kind === "CustomResourceDefinition" || safeUpgrades);
}
