import { ApiError, hasStatus, isMissingPath } from "../../../proxy/sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../../proxy/sources/kubernetes/api-server.ts";
import { isServed } from "../../../proxy/sources/kubernetes/discovery.ts";
import { list } from "../../../proxy/sources/kubernetes/list.ts";
import { apiVersionOfResource, pathOf, resourceOf, versionOf } from "../../../proxy/sources/kubernetes/resource.ts";
import type { InstalledKind, LiveCluster } from "../../analysis/live/cluster.ts";
import type { AnyObject, Declared } from "../../api/declared/declared.ts";
import { type KindDefinition, kindDefinition, kinds, unroutedKinds } from "../../api/kinds/kinds.ts";
import type { SourceContent } from "../../api/load/sources.ts";
import { UsageError } from "../report/terminal.ts";

/** What is not read: it changes by the second or is a secret, and no rule of a check or a plan depends on what it holds. */
const unread: readonly string[] = ["EndpointSlice", "Secret", "ServiceExport"];

/** How long the whole may take. */
const patience = 120_000;

/**
 * Reads once, page by page, what a cluster has of the Gateway API and of what its objects refer to. Kinds that the user
 * may not list are told in `forbidden`; Secrets are not read, and of the kinds that routing does not read only those that
 * the sources declare. Throws a UsageError if there is no reaching the cluster.
 */
export async function readCluster(
  command: string,
  server: ApiServer,
  sources: readonly SourceContent[],
): Promise<LiveCluster> {
  const signal = AbortSignal.timeout(patience);
  const origin = { cluster: server.address };
  const declared: Declared[] = [];
  const forbidden: string[] = [];
  const installed = new Map<string, InstalledKind>();
  try {
    for (const kind of [...kinds, ...unroutedKinds.filter((unrouted) => isDeclared(unrouted, sources))]) {
      if (unread.includes(kind.kind)) continue;
      if (kind.kind === "ConfigMap") continue;
      const found = await objectsOf(server, kind, signal);
      if (found === "forbidden") forbidden.push(kind.kind);
      else declared.push(...found.objects.map((object) => ({ object, origin })));
      if (kind.group !== "") installed.set(kind.kind, await definitionOf(server, kind, found, signal));
    }
    const configMaps = await namedConfigMaps(server, declared, signal);
    declared.push(...configMaps.map((object) => ({ object, origin })));
  } catch (error) {
    throw new UsageError(`${command} --live: ${server.address}: ${reasonOf(error)}`);
  }
  return { address: server.address, declared, forbidden, installed };
}

function isDeclared(definition: KindDefinition, sources: readonly SourceContent[]): boolean {
  return sources.some(({ declared }) =>
    declared.some(({ object: { apiVersion, kind } }) => kindDefinition(apiVersion, kind) === definition),
  );
}

interface Found {
  readonly version: string | undefined;
  readonly objects: readonly AnyObject[];
}

/** In the newest version that is served; without one, the kind is not installed. */
async function objectsOf(server: ApiServer, kind: KindDefinition, signal: AbortSignal): Promise<Found | "forbidden"> {
  for (const { name } of kind.versions) {
    const resource = versionOf(kind, name);
    try {
      const { objects } = await list(server, resource, {}, signal);
      const apiVersion = apiVersionOfResource(resource);
      // The items of a list do not say what they are.
      return { version: name, objects: objects.map((object) => ({ ...object, apiVersion, kind: kind.kind })) };
    } catch (error) {
      if (hasStatus(error, 403)) return "forbidden";
      if (!isMissingPath(error) || (await isServed(server, resource, error, signal))) throw error;
    }
  }
  return { version: undefined, objects: [] };
}

/** What its CRD says of itself, if the user may read it. */
async function definitionOf(
  server: ApiServer,
  { plural, group }: KindDefinition,
  found: Found | "forbidden",
  signal: AbortSignal,
): Promise<InstalledKind> {
  const served = found === "forbidden" ? undefined : found.version !== undefined;
  if (served === false) return { served };
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.${group}`;
  try {
    const { metadata } = await server.json<AnyObject>({
      method: "GET",
      path,
      kind: "CustomResourceDefinition",
      signal,
    });
    const { "gateway.networking.k8s.io/bundle-version": bundle, "gateway.networking.k8s.io/channel": channel } =
      metadata.annotations ?? {};
    return { served: true, ...(bundle !== undefined && { bundle }), ...(channel !== undefined && { channel }) };
  } catch (error) {
    if (hasStatus(error, 403, 404)) return served ? { served } : {};
    throw error;
  }
}

/** ConfigMaps hold whatever people keep in them: only those are read that an object of the Gateway API names. */
async function namedConfigMaps(
  server: ApiServer,
  declared: readonly Declared[],
  signal: AbortSignal,
): Promise<readonly AnyObject[]> {
  const names = new Map<string, { namespace: string; name: string }>();
  for (const { object } of declared) collectConfigMaps(object.spec, object.metadata.namespace, names);
  const resource = resourceOf("v1", "ConfigMap");
  const read: AnyObject[] = [];
  for (const { namespace, name } of names.values()) {
    try {
      const path = pathOf(resource, namespace, name);
      const object = await server.json<AnyObject>({ method: "GET", path, kind: "ConfigMap", signal });
      read.push({ ...object, apiVersion: "v1", kind: "ConfigMap" });
    } catch (error) {
      if (!hasStatus(error, 403, 404)) throw error;
    }
  }
  return read;
}

/** References say by `kind` what they name. */
function collectConfigMaps(
  value: unknown,
  own: string | undefined,
  names: Map<string, { namespace: string; name: string }>,
): void {
  if (typeof value !== "object" || value === null) return;
  const { kind, name, namespace = own } = value as Readonly<Record<string, unknown>>;
  if (kind === "ConfigMap" && typeof name === "string" && typeof namespace === "string") {
    names.set(`${namespace}/${name}`, { namespace, name });
  }
  for (const member of Object.values(value)) collectConfigMaps(member, own, names);
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiError && error.status === 401)
    return `${error.message}. Sign in again, or name another context.`;
  if (error instanceof Error && error.name === "TimeoutError")
    return `no answer to all questions in ${patience / 1000} s`;
  return error instanceof Error ? error.message : String(error);
}
