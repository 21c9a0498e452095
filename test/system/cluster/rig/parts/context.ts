import type { ApiClient } from "../api-client.ts";
import type { Identities } from "../identities.ts";
import type { State } from "../state.ts";
import type { Programs } from "../versions.ts";

/** What the description of a part is made from. */
export interface PartContext {
  readonly state: State;
  readonly programs: Programs;
  readonly identities: Identities;
  /** As an administrator, from inside the cluster's network. */
  readonly api: ApiClient;
}

/** Whether an address of the part itself answers 200; its health checks need no more. */
export async function answersWell(url: string): Promise<boolean> {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(2000) });
  return status === 200;
}
