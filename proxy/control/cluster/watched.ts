import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { type KindDefinition, kinds } from "../../../lib/api/kinds/kinds.ts";
import { parametersKey } from "../../../lib/api/load/read-parameters.ts";
import { anchorTypes, keyPairType } from "../../../lib/routing/attach/certificates.ts";
import type { Watched } from "../../sources/kubernetes/cluster-objects.ts";

/** The objects that the controller watches: every kind that routing reads, restricted to the fields that it needs. */
export const watchedKinds: readonly Watched[] = kinds.filter(({ kind }) => kind !== "ServiceExport").flatMap(watched);

function watched(kind: KindDefinition): readonly Watched[] {
  switch (kind.kind) {
    case "Secret":
      return anchorTypes.map((type) => ({
        kind,
        fieldSelector: `type=${type}`,
        // Other Secrets may hold anything, so only the certificate of an authority is kept of them.
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

/** The key under which ConfigMaps and Secrets hold CA certificates (FrontendTLSValidation, GEP-1897). */
const authority = "ca.crt";

function authorityAlone(secret: AnyObject): AnyObject | undefined {
  return authority in fieldsOf(secret.data) ? withData(secret, [authority]) : undefined;
}

/**
 * Keeps only these keys of the data of a ConfigMap or Secret, since the objects of a cluster can be large. Drops the
 * annotations, which are not used: `kubectl apply` stores the whole object in one of them.
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
