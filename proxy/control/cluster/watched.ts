import type { AnyObject } from "../../../lib/api/declared.ts";
import { type KindDefinition, kinds } from "../../../lib/api/kinds.ts";
import type { Watched } from "../../sources/kubernetes/cluster-objects.ts";

/** What the controller reads of a cluster: every kind that routing reads, and of each no more than it needs. */
export const watchedKinds: readonly Watched[] = kinds.filter(({ kind }) => kind !== "ServiceExport").map(watched);

function watched(kind: KindDefinition): Watched {
  switch (kind.kind) {
    case "Secret":
      // Certificates with their keys, and nothing else that people keep in Secrets.
      return { kind, fieldSelector: "type=kubernetes.io/tls" };
    case "ConfigMap":
      return { kind, keep: withoutOtherData };
    case "Namespace":
      return { kind, keep: ({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata }) };
    case "Service":
      return { kind, keep: ({ status: _, ...service }) => service as AnyObject };
    default:
      return { kind };
  }
}

/** ConfigMaps are read for the certificates of authorities alone (GEP-1897), and those of a cluster can be large. */
function withoutOtherData({ data, binaryData: _, ...configMap }: AnyObject): AnyObject {
  const { "ca.crt": authority } = (data ?? {}) as Readonly<Record<string, unknown>>;
  return { ...configMap, ...(authority !== undefined && { data: { "ca.crt": authority } }) } as AnyObject;
}
