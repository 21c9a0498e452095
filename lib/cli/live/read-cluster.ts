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

/** Kinds that are not read: they change every second or are secret, and no check or plan depends on them. */
const unread: readonly string[] = ["EndpointSlice", "Secret", "ServiceExport"];

/** Milliseconds for reading the whole cluster. */
const patience = 120_000;

/**
 * Reads the Gateway API objects of a cluster, and the objects that they reference, once and page by page. Kinds that
 * the user may not list are named in `forbidden`. Secrets are not read. Of the kinds that routing does not read, only
 * those that the sources declare are read.
 *
 * @throws UsageError if the cluster cannot be reached.
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

/** Lists a kind in the newest version that is served; if none is, the kind is not installed. */
async function objectsOf(server: ApiServer, kind: KindDefinition, signal: AbortSignal): Promise<Found | "forbidden"> {
  for (const { name } of kind.versions) {
    const resource = versionOf(kind, name);
    try {
      const { objects } = await list(server, resource, {}, signal);
      const apiVersion = apiVersionOfResource(resource);
      // The items of a list lack apiVersion and kind.
      return { version: name, objects: objects.map((object) => ({ ...object, apiVersion, kind: kind.kind })) };
    } catch (error) {
      if (hasStatus(error, 403)) return "forbidden";
      if (!isMissingPath(error) || (await isServed(server, resource, error, signal))) throw error;
    }
  }
  return { version: undefined, objects: [] };
}

/** Reads the annotations of a kind's CRD, if the user may read it. */
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

/** Reads only the ConfigMaps that an object of the Gateway API references, since others may hold anything. */
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

/** Collects references to ConfigMaps, which are recognized by their `kind`. */
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
