import type { KeyPair } from "../../dataplane/tls/key-pairs.ts";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";
import { issue, renewalOf, trusted } from "./authority.ts";
import { authoritiesIn } from "./authority-secret.ts";

/** As whom the controller serves the stream, and whom its proxies have to trust for that. */
export interface StreamIdentity {
  /** PEM of every authority that is or will be used. */
  readonly authority: string;
  readonly pair: KeyPair;
}

export interface StreamIdentityOptions {
  readonly namespace: string;
  /** Of the Secret with the authorities. */
  readonly secret: string;
  /** Names by which proxies reach the controller. */
  readonly names: readonly string[];
}

/** @returns `current` itself while nothing of it is due. */
export async function streamIdentity(
  server: ApiServer,
  { namespace, secret, names }: StreamIdentityOptions,
  current: StreamIdentity | undefined,
  now: number,
): Promise<StreamIdentity> {
  const authorities = await authoritiesIn(server, namespace, secret, now);
  const authority = trusted(authorities);
  if (current !== undefined && current.authority === authority && now < renewalOf(current.pair)) return current;
  return { authority, pair: issue(authorities, names, now) };
}
