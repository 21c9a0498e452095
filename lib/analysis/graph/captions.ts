import { printable } from "../../printing/characters.ts";
import { lateWords } from "../traffic/describe.ts";
import type { Topology, TopologyEdge, TopologyNode } from "./model.ts";

/** How many lines an edge's labels may have. */
const mostLabels = 6;

/** The lines of a node, as they show: its kind, its name, then its details and what is wrong with it. */
export function nodeLines({ kind, name, details, declared, fault }: TopologyNode): string[] {
  const state = [...(declared ? [] : ["not declared"]), ...(fault === undefined ? [] : [faultWords(fault)])];
  return [kind, name, ...details, ...state].map(printable);
}

/** The lines of an edge, as they show: what is wrong with it, then what goes along it. */
export function edgeLines({ labels, fault }: TopologyEdge): string[] {
  const told = labels.slice(0, labels.length > mostLabels ? mostLabels - 1 : mostLabels);
  const rest = labels.length - told.length;
  return [...(fault === undefined ? [] : [faultWords(fault)]), ...told, ...(rest > 0 ? [`and ${rest} more`] : [])].map(
    printable,
  );
}

/** The reason alone, or that it is open, or why nobody can tell yet. */
export function faultWords({ state, reason, isLate }: NonNullable<TopologyEdge["fault"]>): string {
  if (isLate) return lateWords;
  if (reason === undefined) return state;
  return state === "open" ? `open: ${reason}` : reason;
}

/** `Kind name`, in a sentence. */
export function nodeTitle({ kind, name }: TopologyNode): string {
  return `${kind} ${name}`;
}

/** Each edge with the nodes at its ends. */
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
