import type { Topology, TopologyEdge, TopologyNode } from "./model.ts";

/** A topology under construction. It merges nodes with one id, and edges with the same ends and fault. */
export class TopologyDraft {
  readonly #nodes = new Map<string, TopologyNode>();
  readonly #edges = new Map<string, TopologyEdge>();

  /** Adds a node unless its id exists already, and returns the id. */
  node(node: TopologyNode): string {
    if (!this.#nodes.has(node.id)) this.#nodes.set(node.id, node);
    return node.id;
  }

  has(id: string): boolean {
    return this.#nodes.has(id);
  }

  /** Adds an edge. If an edge with the same ends and fault exists, that edge gets the labels. */
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
