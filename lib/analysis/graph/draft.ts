import type { Topology, TopologyEdge, TopologyNode } from "./model.ts";

/** A topology while it is drawn up: nodes that several references tell of are one, and so are edges that say the same. */
export class TopologyDraft {
  readonly #nodes = new Map<string, TopologyNode>();
  readonly #edges = new Map<string, TopologyEdge>();

  /** Adds a node unless there is one of that id, and returns the id. */
  node(node: TopologyNode): string {
    if (!this.#nodes.has(node.id)) this.#nodes.set(node.id, node);
    return node.id;
  }

  has(id: string): boolean {
    return this.#nodes.has(id);
  }

  /** Adds an edge, or its labels to one between the same nodes with the same fault. */
  edge(edge: TopologyEdge): void {
    const key = JSON.stringify([edge.from, edge.to, edge.fault]);
    const known = this.#edges.get(key);
    const labels = [...new Set([...(known?.labels ?? []), ...edge.labels])];
    this.#edges.set(key, { ...edge, labels });
  }

  topology(): Topology {
    return { nodes: [...this.#nodes.values()], edges: [...this.#edges.values()] };
  }
}
