import type { ApiClient } from "../api-client.ts";
import type { Identities } from "../identities.ts";
import type { State } from "../state.ts";
import type { Programs } from "../versions.ts";

/** The inputs of a part's description. */
export interface PartContext {
  readonly state: State;
  readonly programs: Programs;
  readonly identities: Identities;
  /** A client with administrator rights, inside the cluster's network. */
  readonly api: ApiClient;
}

/** Returns whether an address of a part answers 200, which is enough for health checks. */
export async function answersWell(url: string): Promise<boolean> {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(2000) });
  return status === 200;
}
