import type { Channel } from "../../api/index.ts";
import { kinds } from "../../api/kinds/kinds.ts";
import { unusedIgnores, withIgnored } from "../../api/load/ignoring.ts";
import { type Loaded, load } from "../../api/load/load.ts";
import type { SourceContent } from "../../api/load/sources.ts";
import { liveCodes } from "../../findings/catalog/live.ts";
import type { Finding } from "../../findings/finding.ts";
import { attach } from "../../routing/attach/attach.ts";
import type { Attachment } from "../../routing/attach/attachment.ts";
import { findings as attachmentFindings } from "../../routing/attach/findings.ts";
import { routingObjects } from "../../routing/objects.ts";
import { type CheckOptions, check, partOf } from "../check/check.ts";
import { contractFindings, withoutStandIns } from "../check/contracts.ts";
import { withNearMisses } from "../check/near-misses/near-misses.ts";
import type { LiveCluster } from "./cluster.ts";
import { definitionFindings } from "./definitions.ts";
import { transitionFindings } from "./transitions.ts";
import { unservedClasses } from "./unserved-classes.ts";

export interface LiveCheck extends Pick<CheckOptions, "only"> {
  readonly cluster: LiveCluster;
  readonly sources: readonly SourceContent[];
  readonly channel: Channel;
}

/**
 * Checks a set of sources as if they were applied to a cluster. A declared object replaces the cluster's object of the
 * same name; all other objects of the cluster count as declared.
 */
export function checkLive({ cluster, sources, channel, only }: LiveCheck): Finding[] {
  const own = load(sources, { channel });
  const live = { name: cluster.address, declared: cluster.declared, findings: [] };
  // The cluster's objects passed its API server, so they are read with the larger channel.
  const alone = load([live], { channel: "experimental" });
  const together = load([live, ...sources], { channel: "experimental" });
  const wants = (part: CheckOptions["only"]) => only === undefined || only === part;
  const found = [
    ...(wants("schema")
      ? [
          ...check(own, { only: "schema" }),
          ...transitionFindings(cluster, own),
          ...definitionFindings(cluster, own, sources, channel),
        ]
      : []),
    ...(wants("attachment") ? handshake(cluster, { alone, together, own }) : []),
    ...(wants("advice") ? check(together, { only: "advice" }).filter(isAdvice).filter(isOfSources) : []),
    ...unreadKinds(cluster),
  ];
  // Unused ignore rules are known only once all findings are collected.
  const all = withIgnored(
    found.filter(({ code }) => code !== "GW1039"),
    together.ignores,
  );
  return [
    ...all,
    ...unusedIgnores(
      all,
      own.ignores.filter(({ code }) => wants(partOf(code))),
    ),
  ];
}

interface LoadedSets {
  readonly alone: Loaded;
  readonly together: Loaded;
  readonly own: Loaded;
}

function handshake(cluster: LiveCluster, { alone, together, own }: LoadedSets): Finding[] {
  const before = attached(alone, cluster);
  const after = attached(together, cluster);
  const known = new Set(attachmentFindings(before).map(identityOf));
  const named = withNearMisses(after.objects, attachmentFindings(after));
  const found = withoutStandIns(together, named).flatMap((finding) => {
    if (isOfSources(finding)) return [finding];
    return finding.severity === "error" && !known.has(identityOf(finding)) ? [broken(finding)] : [];
  });
  return [
    ...found,
    ...contractFindings(together, after),
    ...withoutStandIns(own, unservedClasses(cluster, together, own)),
  ];
}

/** Secrets are never read, so they count as present, and so do all objects if some kind could not be read. */
function attached(loaded: Loaded, { forbidden }: LiveCluster): Attachment {
  const isAllRead = !kinds.some(({ kind }) => forbidden.includes(kind));
  return attach(routingObjects(loaded.objects, loaded.extensions), {
    undeclared: isAllRead ? "missing" : "exists",
    undeclaredKeyPairs: "exists",
    undeclaredTrustAnchors: "exists",
    undeclaredExtensions: "exists",
  });
}

function isOfSources({ origin }: Finding): boolean {
  return origin === undefined || !("cluster" in origin);
}

/** Findings about unreadable sources appear in every part of a check, and are reported already. */
function isAdvice({ severity }: Finding): boolean {
  return severity === "advice";
}

function identityOf({ code, object, field, given, reason }: Finding): string {
  return JSON.stringify([code, object, field, given, reason]);
}

/** Reports an object of the cluster that belongs to other sources and was valid before. */
function broken(finding: Finding): Finding {
  const { code, message } = finding;
  return {
    ...finding,
    code: "GW2706",
    message: `This object of the cluster, which no source declares, would be refused (${code}): ${message}`,
    fix: liveCodes.GW2706.fix,
  };
}

function unreadKinds({ forbidden, address }: LiveCluster): Finding[] {
  if (forbidden.length === 0) return [];
  return [
    {
      code: "GW2705",
      severity: "note",
      message: "Objects of these kinds may not be listed, and are taken to be there.",
      origin: { cluster: address },
      given: forbidden.join(", "),
      fix: liveCodes.GW2705.fix,
    },
  ];
}
