import { type ExtensionKind, extensionKey } from "../api/load/extension.ts";
import type { IManifest } from "../constructs/host.ts";

/** Returns the custom filters whose objects the manifests declare, each once. The proxy is assumed to have them. */
export function extensionKindsOf(manifests: readonly IManifest[]): readonly ExtensionKind[] {
  const kinds = manifests.flatMap(({ extensionKind }) => extensionKind ?? []);
  return [...new Map(kinds.map((kind) => [extensionKey(kind), kind])).values()];
}
