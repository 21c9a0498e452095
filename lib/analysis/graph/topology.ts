import type { Loaded } from "../../api/load/load.ts";
import type { Attachment } from "../../routing/attach/attachment.ts";
import { TopologyDraft } from "./draft.ts";
import { faultFinder } from "./faults.ts";
import { addGateways, addListenerSets } from "./gateways.ts";
import type { Topology } from "./model.ts";
import { addRoutes } from "./routes.ts";

export interface TopologyOptions {
  /** Whether what no source declares is missing. Absent or false: what depends on it is open, as for `check`. */
  readonly strict?: boolean;
  /** Contracts whose Gateways are among the objects: what is wrong with those is another team's. By default none. */
  readonly contracts?: Loaded["contracts"];
}

/**
 * Draws up what the handshake has come to: classes, Gateways, ListenerSets, listeners, routes and the backends that
 * routes name. Objects come in the order of their kinds and names, so that the same sources give the same picture.
 */
export function topology(attachment: Attachment, { strict = false, contracts = [] }: TopologyOptions = {}): Topology {
  const draft = new TopologyDraft();
  const faults = faultFinder(attachment, strict, contracts);
  addGateways(draft, attachment, faults);
  addListenerSets(draft, attachment, faults);
  addRoutes(draft, attachment, faults);
  return draft.topology();
}
