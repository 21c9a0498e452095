import type { KeyPair } from "../../dataplane/tls/key-pairs.ts";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";
import { issue, renewalOf, trusted } from "./authority.ts";
import { authoritiesIn } from "./authority-secret.ts";

/** The certificate with which the controller serves the stream, and the authorities that its proxies have to trust. */
export interface StreamIdentity {
  /** PEM certificates of all authorities that sign now, will sign, or have signed and are still valid. */
  readonly authority: string;
  readonly pair: KeyPair;
}

export interface StreamIdentityOptions {
  readonly namespace: string;
  /** The name of the Secret with the authorities. */
  readonly secret: string;
  /** Names by which proxies reach the controller. */
  readonly names: readonly string[];
}

/** @returns `current` itself as long as nothing has to be renewed. */
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
