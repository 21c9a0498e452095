import { type ExtensionKind, extensionKey } from "../api/load/extension.ts";
import type { IManifest } from "../constructs/host.ts";

/** The filters whose objects these manifests declare, each once: whatever serves them is taken to know them. */
export function extensionKindsOf(manifests: readonly IManifest[]): readonly ExtensionKind[] {
  const kinds = manifests.flatMap(({ extensionKind }) => extensionKind ?? []);
  return [...new Map(kinds.map((kind) => [extensionKey(kind), kind])).values()];
}
