import type { Attachment, ResolvedTarget } from "../../routing/attach/attachment.ts";
import type { BackendReference } from "../../routing/attach/backends.ts";
import { keyOf } from "../../routing/objects.ts";
import type { TopologyDraft } from "./draft.ts";

/**
 * Adds a node for the port of the backend that a reference names, and returns its id. If the reference was refused
 * before its backend was looked up, the node shows the names in the reference.
 */
export function addBackend(
  draft: TopologyDraft,
  { objects }: Attachment,
  ref: BackendReference,
  ownNamespace: string,
  target: ResolvedTarget | undefined,
): string {
  const resolved = target?.backend;
  const opaque = target !== undefined && "opaque" in target.target ? target.target : undefined;
  const { group = "", kind = "Service", namespace = ownNamespace, name, port = resolved?.port } = ref;
  const key = `${namespace}/${name}`;
  const known = kind === "ServiceImport" ? objects.serviceImports : objects.services;
  const standard = kind === "ServiceImport" ? group === "multicluster.x-k8s.io" : group === "" && kind === "Service";
  const shown = standard || group === "" ? kind : `${group}/${kind}`;
  const place = port === undefined ? key : `${key}:${port}`;
  return draft.node({
    id: `${shown}/${place}`,
    kind: shown,
    name: place,
    details: [
      ...(opaque === undefined ? [] : ["opaque"]),
      ...(resolved === undefined ? [] : connectionWords(resolved)),
    ],
    declared: (standard && known.has(key)) || opaque?.object !== undefined,
  });
}

/** Names the backend's protocol, unless it is plain HTTP/1.1, and its BackendTLSPolicy. */
function connectionWords({ protocol, policy }: NonNullable<ResolvedTarget["backend"]>): string[] {
  return [
    ...(protocol === "http1" ? [] : [protocol]),
    ...(policy === undefined ? [] : [`BackendTLSPolicy ${keyOf(policy.declared.object)}`]),
  ];
}
