import { printable } from "../../printing/characters.ts";
import { lateWords } from "../traffic/describe.ts";
import type { Topology, TopologyEdge, TopologyNode } from "./model.ts";

/** The number of label lines that an edge shows at most. */
const mostLabels = 6;

/** The lines that a node shows: kind, name, details, and its state if it is undeclared or has a fault. */
export function nodeLines({ kind, name, details, declared, fault }: TopologyNode): string[] {
  const state = [...(declared ? [] : ["not declared"]), ...(fault === undefined ? [] : [faultWords(fault)])];
  return [kind, name, ...details, ...state].map(printable);
}

/** The lines that an edge shows: its fault, then its labels. */
export function edgeLines({ labels, fault }: TopologyEdge): string[] {
  const told = labels.slice(0, labels.length > mostLabels ? mostLabels - 1 : mostLabels);
  const rest = labels.length - told.length;
  return [...(fault === undefined ? [] : [faultWords(fault)]), ...told, ...(rest > 0 ? [`and ${rest} more`] : [])].map(
    printable,
  );
}

/** The words for a fault: its reason, that it is open, or that it depends on a late value. */
export function faultWords({ state, reason, isLate }: NonNullable<TopologyEdge["fault"]>): string {
  if (isLate) return lateWords;
  if (reason === undefined) return state;
  return state === "open" ? `open: ${reason}` : reason;
}

/** The node as `Kind name`, for use in a sentence. */
export function nodeTitle({ kind, name }: TopologyNode): string {
  return `${kind} ${name}`;
}

/** Pairs each edge with the nodes at its ends. */
export function ends({
  nodes,
  edges,
}: Topology): { readonly edge: TopologyEdge; readonly from: TopologyNode; readonly to: TopologyNode }[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return edges.flatMap((edge) => {
    const from = byId.get(edge.from);
    const to = byId.get(edge.to);
    return from === undefined || to === undefined ? [] : [{ edge, from, to }];
  });
}
