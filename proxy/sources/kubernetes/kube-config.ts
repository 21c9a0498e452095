import { Agent, type RequestOptions } from "node:https";
import { isDeepStrictEqual } from "node:util";
import type { KubeConfig } from "@kubernetes/client-node";
import { reasonOf } from "../read-text.ts";
import type { Credentials } from "./api-server.ts";

export interface KubeConfigOptions {
  /**
   * Path of a kubeconfig. Default, as in kubectl: `KUBECONFIG`, `~/.kube/config`, then the service account of the pod.
   */
  readonly file?: string | undefined;
  /** Name of a context in the kubeconfig. Default: the current context. */
  readonly context?: string | undefined;
}

/**
 * Finds the cluster and the user's credentials as kubectl does: contexts, certificates, tokens and their files, exec
 * plugins, OIDC. In a pod it uses the service account, and reads its token again as it is renewed.
 *
 * @throws KubeConfigError that says which file or context is wrong, and why.
 */
export async function kubeConfigCredentials({ file, context }: KubeConfigOptions = {}): Promise<Credentials> {
  // The library is loaded lazily: only commands that talk to a cluster need it.
  const { KubeConfig } = await import("./kube-config-library.ts");
  const config = new KubeConfig();
  const name = file === undefined ? "the kubeconfig" : `the kubeconfig ${file}`;
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (error) {
    throw new KubeConfigError(`${name} cannot be read: ${reasonOf(error).split("\n", 1)[0]}`);
  }
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const wanted = context ?? config.getCurrentContext();
    const known = config.getContexts().map((each) => each.name);
    throw new KubeConfigError(
      `${name} names no cluster ${wanted ? `for the context "${wanted}"` : "and has no current context"}; ` +
        `its contexts: ${known.length === 0 ? "none" : known.join(", ")}`,
    );
  }
  return new KubeConfigCredentials(config, cluster.server);
}

/** The kubeconfig does not name a cluster. The user can correct it. */
export class KubeConfigError extends Error {
  override readonly name = "KubeConfigError";
}

class KubeConfigCredentials implements Credentials {
  readonly server: string;
  readonly namespace: string;
  readonly #config: KubeConfig;
  #identity: unknown;
  #agent: Agent | undefined;

  constructor(config: KubeConfig, server: string) {
    this.#config = config;
    this.server = server;
    this.namespace = config.getContextObject(config.getCurrentContext())?.namespace ?? "default";
  }

  async authenticate(options: RequestOptions): Promise<void> {
    await this.#config.applyToHTTPSOptions(options);
    const proxied = this.#config.getCurrentCluster()?.proxyUrl !== undefined;
    if (!proxied && this.server.startsWith("https:")) options.agent = this.#keeping(options);
  }

  /**
   * Returns a keep-alive agent. The library's own agent opens a connection for each request, and keeps certificates
   * that have been renewed since.
   */
  #keeping({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }: RequestOptions): Agent {
    const identity = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
    if (this.#agent !== undefined && isDeepStrictEqual(this.#identity, identity)) return this.#agent;
    this.#identity = identity;
    this.#agent?.destroy();
    this.#agent = new Agent({ ...identity, keepAlive: true, maxFreeSockets: 8 });
    return this.#agent;
  }
}
