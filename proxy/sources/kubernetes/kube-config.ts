import { Agent, type RequestOptions } from "node:https";
import { isDeepStrictEqual } from "node:util";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Credentials } from "./api-server.ts";

export interface KubeConfigOptions {
  /** A kubeconfig. Default: as kubectl: `KUBECONFIG`, `~/.kube/config`, then the service account of the pod. */
  readonly file?: string | undefined;
  /** One of its contexts. Default: the current one. */
  readonly context?: string | undefined;
}

/**
 * Finds the cluster and who we are there as kubectl does: contexts, certificates, tokens and their files, exec plugins,
 * OIDC. In a pod it is the service account, whose token is read again as it is renewed.
 *
 * @throws Error that says which file or context is wrong.
 */
export async function kubeConfigCredentials({ file, context }: KubeConfigOptions = {}): Promise<Credentials> {
  // Loaded here, since only what talks to a cluster needs it.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  if (file === undefined) config.loadFromDefault();
  else config.loadFromFile(file);
  if (context !== undefined) config.setCurrentContext(context);
  const named = config.getCurrentContext();
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw new Error(
      `${file ?? "The kubeconfig"} has no context "${named}" with a cluster. ` +
        (known.length === 0 ? "It has no contexts." : `Its contexts: ${known.join(", ")}.`),
    );
  }
  return new KubeConfigCredentials(config, cluster.server);
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

  /** The library's agent opens a connection for each request, and holds on to certificates that have been renewed. */
  #keeping({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }: RequestOptions): Agent {
    const identity = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
    if (this.#agent !== undefined && isDeepStrictEqual(this.#identity, identity)) return this.#agent;
    this.#identity = identity;
    this.#agent?.destroy();
    this.#agent = new Agent({ ...identity, keepAlive: true, maxFreeSockets: 8 });
    return this.#agent;
  }
}
