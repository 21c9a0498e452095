import { experimentalGroup, gatewayGroup } from "../../api/conversion/versions.ts";
import type { AnyObject } from "../../api/declared/declared.ts";
import { type Channel, kindDefinition } from "../../api/index.ts";
import { crdVersion } from "../../api/load/crd-version.ts";
import { type Loaded, load } from "../../api/load/load.ts";
import type { SourceContent } from "../../api/load/sources.ts";
import { liveCodes } from "../../findings/catalog/live.ts";
import type { Finding } from "../../findings/finding.ts";
import type { LiveCluster } from "./cluster.ts";

/** Reports kinds and fields that the cluster's CRDs lack (GW2701, GW2703) or may lack (GW2702). */
export function definitionFindings(
  cluster: LiveCluster,
  own: Loaded,
  sources: readonly SourceContent[],
  channel: Channel,
): Finding[] {
  const brought = new Set(
    own.authored.flatMap(({ object }) => (object.kind === "CustomResourceDefinition" ? [object.metadata.name] : [])),
  );
  const defined = own.authored.filter(({ object }) => isDefined(object) && !brought.has(nameOfDefinition(object)));
  const missing = defined.filter(({ object }) => cluster.installed.get(object.kind)?.served === false);
  return [
    ...missing.map(
      ({ object, origin }): Finding => ({
        code: "GW2701",
        severity: "error",
        message: `The cluster has no CRD for ${object.kind} in a version that is known here.`,
        object: referenceTo(object),
        origin,
        field: "apiVersion",
        given: object.apiVersion,
        fix: liveCodes.GW2701.fix,
      }),
    ),
    ...otherVersions(cluster, new Set(defined.map(({ object }) => object.kind))),
    ...(channel === "experimental" ? notInStandard(cluster, own, sources) : []),
  ];
}

/** Returns true if a CRD of the Gateway API defines the kind. */
function isDefined({ apiVersion, kind }: AnyObject): boolean {
  const group = kindDefinition(apiVersion, kind)?.group;
  return group === gatewayGroup || group === experimentalGroup;
}

function nameOfDefinition({ apiVersion, kind }: AnyObject): string {
  const definition = kindDefinition(apiVersion, kind);
  return `${definition?.plural}.${definition?.group}`;
}

function otherVersions({ installed, address }: LiveCluster, used: ReadonlySet<string>): Finding[] {
  const bundles = Map.groupBy(
    [...used].filter((kind) => {
      const bundle = installed.get(kind)?.bundle;
      return bundle !== undefined && bundle !== crdVersion;
    }),
    (kind) => installed.get(kind)?.bundle ?? "",
  );
  return Array.from(bundles, ([bundle, kinds]) => ({
    code: "GW2702" as const,
    severity: "advice" as const,
    message: `The CRDs of ${kinds.sort().join(", ")} in the cluster are of ${bundle}.`,
    origin: { cluster: address },
    given: bundle,
    allowed: crdVersion,
    fix: liveCodes.GW2702.fix,
  }));
}

/** The errors that the sources have only in the standard channel, for kinds that the cluster has from that channel. */
function notInStandard(cluster: LiveCluster, own: Loaded, sources: readonly SourceContent[]): Finding[] {
  const key = ({ code, object, field }: Finding) => JSON.stringify([code, object, field]);
  const known = new Set(own.findings.map(key));
  return load(sources, { channel: "standard" }).findings.flatMap((finding) => {
    const { object, severity, message } = finding;
    if (severity !== "error" || object === undefined || known.has(key(finding))) return [];
    if (cluster.installed.get(object.kind)?.channel !== "standard") return [];
    return [{ ...finding, code: "GW2703" as const, message: `In the cluster: ${message}`, fix: liveCodes.GW2703.fix }];
  });
}

function referenceTo({ apiVersion, kind, metadata: { namespace, name } }: AnyObject) {
  return { apiVersion, kind, ...(namespace !== undefined && { namespace }), name };
}
