import type { IManifest } from "../constructs/host.ts";

/** Returns the labels of a declared Namespace, for `namespaceLabels` of a host, or undefined if none declares it. */
export function labelsOfNamespace(manifests: readonly IManifest[], namespace: string): IManifest["labels"] | undefined {
  return manifests.find(
    ({ apiVersion, kind, name }) => apiVersion === "v1" && kind === "Namespace" && name === namespace,
  )?.labels;
}
