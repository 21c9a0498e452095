import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { type KindDefinition, kinds } from "../../../lib/api/kinds/kinds.ts";
import { parametersKey } from "../../../lib/api/load/read-parameters.ts";
import { anchorTypes, keyPairType } from "../../../lib/routing/attach/certificates.ts";
import type { Watched } from "../../sources/kubernetes/cluster-objects.ts";

/** What the controller reads of a cluster: every kind that routing reads, and of each no more than it needs. */
export const watchedKinds: readonly Watched[] = kinds.filter(({ kind }) => kind !== "ServiceExport").flatMap(watched);

function watched(kind: KindDefinition): readonly Watched[] {
  switch (kind.kind) {
    case "Secret":
      return anchorTypes.map((type) => ({
        kind,
        fieldSelector: `type=${type}`,
        // What people keep in other Secrets is nobody's business: an authority's certificate is all that is looked for.
        keep: type === keyPairType ? (secret) => withData(secret, ["tls.crt", "tls.key", authority]) : authorityAlone,
      }));
    case "ConfigMap":
      return [{ kind, keep: (configMap) => withData(configMap, [authority, parametersKey]) }];
    case "Namespace":
      return [{ kind, keep: ({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata }) }];
    case "Service":
      return [{ kind, keep: ({ status: _, ...service }) => service as AnyObject }];
    default:
      return [{ kind }];
  }
}

/** Under which ConfigMaps and Secrets hold the certificates of authorities (FrontendTLSValidation, GEP-1897). */
const authority = "ca.crt";

function authorityAlone(secret: AnyObject): AnyObject | undefined {
  return authority in fieldsOf(secret.data) ? withData(secret, [authority]) : undefined;
}

/**
 * A ConfigMap or Secret with these keys of its data alone: those of a cluster can be large. Without annotations, which
 * nobody asks for here: kubectl writes the whole object into one of them.
 */
function withData({ data, binaryData, metadata, ...rest }: AnyObject, keys: readonly string[]): AnyObject {
  const { annotations: _, ...kept } = metadata;
  return {
    ...rest,
    metadata: kept,
    ...(data !== undefined && { data: only(keys, data) }),
    ...(binaryData !== undefined && { binaryData: only(keys, binaryData) }),
  } as AnyObject;
}

function only(keys: readonly string[], data: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fieldsOf(data)).filter(([key]) => keys.includes(key)));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
