import type { IManifest } from "../constructs/host.ts";

/** Labels of a Namespace that manifests declare, for `namespaceLabels` of a host; undefined if none declares it. */
export function labelsOfNamespace(manifests: readonly IManifest[], namespace: string): IManifest["labels"] | undefined {
  return manifests.find(
    ({ apiVersion, kind, name }) => apiVersion === "v1" && kind === "Namespace" && name === namespace,
  )?.labels;
}
