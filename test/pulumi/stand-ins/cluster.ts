import { ApiError, isNotFound } from "../../../proxy/sources/kubernetes/api-error.ts";
import { type ApiRequest, ApiServer } from "../../../proxy/sources/kubernetes/api-server.ts";
import { kubeConfigCredentials } from "../../../proxy/sources/kubernetes/kube-config.ts";

/** Any object, as the engine hands it over and the API server answers it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: unknown;
  };
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly __inputs?: Manifest;
}

/** That the server serves no such kind. */
export class UnknownKindError extends Error {}

const fieldManager = "pulumi-kubernetes-stand-in";

/** Part of the provider's stand-in: what it asks of the API server. */
export class ClusterOfProvider {
  readonly #server: ApiServer;

  private constructor(server: ApiServer) {
    this.#server = server;
  }

  /** @param file the kubeconfig; undefined for the one that kubectl would use. */
  static async of(file: string | undefined): Promise<ClusterOfProvider> {
    const credentials = await kubeConfigCredentials(file === undefined || file === "" ? {} : { file });
    return new ClusterOfProvider(new ApiServer(credentials, fieldManager));
  }

  /** Rejects if the server cannot be asked. */
  async reach(): Promise<void> {
    await this.#ask({ method: "GET", path: "/api/v1" });
  }

  async create(manifest: Manifest, options: { readonly dryRun?: boolean } = {}): Promise<Manifest> {
    const { kind, metadata } = manifest;
    if ((await this.read(manifest)) === undefined) return this.apply(manifest, options);
    throw new ApiError(409, "AlreadyExists", `${kind} ${metadata.name} already exists`);
  }

  /** Server-side apply. */
  async apply(manifest: Manifest, { dryRun = false } = {}): Promise<Manifest> {
    const query = { fieldManager, force: true, dryRun: dryRun ? "All" : undefined };
    const request = { path: await this.#pathOf(manifest), query, body: manifest };
    return this.#ask({ method: "PATCH", contentType: "application/apply-patch+yaml", ...request });
  }

  async read(manifest: Manifest): Promise<Manifest | undefined> {
    const path = await this.#pathOf(manifest);
    return this.#ask<Manifest>({ method: "GET", path }).catch(unlessNotFound);
  }

  /** Deletes it with all that it owns; whoever asks waits until it cannot be read any more. */
  async delete(manifest: Manifest): Promise<void> {
    const body = { propagationPolicy: "Foreground" };
    await this.#ask({ method: "DELETE", path: await this.#pathOf(manifest), body }).catch(unlessNotFound);
  }

  /** Warnings about an object. */
  async warnings({ metadata }: Manifest): Promise<readonly string[]> {
    const { namespace = "default", uid } = metadata;
    const { items } = await this.#ask<{ readonly items: readonly KubernetesEvent[] }>({
      method: "GET",
      path: `/api/v1/namespaces/${namespace}/events`,
    });
    return items
      .filter(({ type, involvedObject }) => type === "Warning" && involvedObject?.uid === uid)
      .map(({ reason, message }) => `${reason}: ${message}`);
  }

  async #pathOf({ apiVersion, kind, metadata }: Manifest): Promise<string> {
    const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { resources = [] } = (await this.#ask<Resources>({ method: "GET", path: base }).catch(unlessNotFound)) ?? {};
    const resource = resources.find((one) => one.kind === kind && !one.name.includes("/"));
    if (resource === undefined) throw new UnknownKindError(`no matches for kind "${kind}" in version "${apiVersion}"`);
    const namespace = resource.namespaced ? `/namespaces/${metadata.namespace ?? "default"}` : "";
    return `${base}${namespace}/${resource.name}/${metadata.name}`;
  }

  async #ask<T>(request: ApiRequest): Promise<T> {
    try {
      return await this.#server.json<T>(request);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // In the server's own words.
      const message = error.message.replace(`${request.method} ${request.path}: `, "");
      throw new ApiError(error.status, error.reason, message);
    }
  }
}

interface Resources {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

interface KubernetesEvent {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject?: { readonly uid?: string };
}

function unlessNotFound(error: unknown): undefined {
  if (isNotFound(error)) return undefined;
  throw error;
}
