import type { Attachment } from "../../routing/attach/attachment.ts";
import { TopologyDraft } from "./draft.ts";
import { faultFinder } from "./faults.ts";
import { addGateways, addListenerSets } from "./gateways.ts";
import type { Topology, TopologyOptions } from "./model.ts";
import { addRoutes } from "./routes.ts";

/**
 * Builds the topology of an attachment: classes, Gateways, ListenerSets, listeners, routes and the backends that routes
 * name. Nodes are ordered by kind and name, so the same sources give the same picture.
 */
export function topology(attachment: Attachment, options: TopologyOptions = {}): Topology {
  const draft = new TopologyDraft();
  const faults = faultFinder(attachment, options);
  addGateways(draft, attachment, faults);
  addListenerSets(draft, attachment, faults);
  addRoutes(draft, attachment, faults);
  return draft.topology();
}
