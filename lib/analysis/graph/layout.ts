import { Graph, layout } from "@dagrejs/dagre";
import { edgeLines, nodeLines } from "./captions.ts";
import type { Topology, TopologyEdge, TopologyNode } from "./model.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle, placed by its upper left corner. Units are CSS pixels. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface PlacedNode {
  readonly node: TopologyNode;
  readonly box: Box;
  readonly lines: readonly string[];
}

export interface PlacedEdge {
  readonly edge: TopologyEdge;
  /** The line's points, from the border of one node to the border of the other. */
  readonly points: readonly Point[];
  readonly label?: { readonly box: Box; readonly lines: readonly string[] };
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Text metrics in CSS pixels. They assume a monospace font, because the font that will be used is unknown. */
export const text = { size: 12, advance: 7.3, line: 16, padding: 10 } as const;

const margin = 16;
/** The number of characters after which a name continues on the next line. */
const longestLine = 48;

/** Places nodes in columns from left to right, and edges with their labels between the columns. */
export function place(topology: Topology): Layout {
  const graph = new Graph({ multigraph: true });
  // The default ranker, network simplex, takes ten times as long for a thousand routes and gives the same columns.
  graph.setGraph({
    rankdir: "LR",
    ranker: "tight-tree",
    ranksep: 48,
    nodesep: 20,
    edgesep: 12,
    marginx: margin,
    marginy: margin,
  });
  const nodeTexts = topology.nodes.map((node) => nodeLines(node).flatMap(wrapped));
  const edgeTexts = topology.edges.map((edge) => edgeLines(edge).flatMap(wrapped));
  for (const [index, { id }] of topology.nodes.entries()) graph.setNode(id, sizeOf(nodeTexts[index] ?? [], 2));
  for (const [index, { from, to }] of topology.edges.entries()) {
    const lines = edgeTexts[index] ?? [];
    const size = lines.length === 0 ? { width: 0, height: 0 } : sizeOf(lines, 1);
    graph.setEdge(from, to, { ...size, labelpos: "c" }, String(index));
  }
  layout(graph);
  return placed(topology, graph, nodeTexts, edgeTexts);
}

function placed(
  topology: Topology,
  graph: Graph,
  nodeTexts: readonly (readonly string[])[],
  edgeTexts: readonly (readonly string[])[],
): Layout {
  const { width = 0, height = 0 } = graph.graph() as Partial<Box>;
  return {
    width: rounded(Math.max(width, 2 * margin)),
    height: rounded(Math.max(height, 2 * margin)),
    nodes: topology.nodes.map((node, index) => ({
      node,
      box: boxOf(graph.node(node.id) as Box),
      lines: nodeTexts[index] ?? [],
    })),
    edges: topology.edges.map((edge, index) => {
      const { points, ...label } = graph.edge(edge.from, edge.to, String(index)) as Box & { points: readonly Point[] };
      const lines = edgeTexts[index] ?? [];
      return {
        edge,
        points: points.map(({ x, y }) => ({ x: rounded(x), y: rounded(y) })),
        ...(lines.length > 0 && { label: { box: boxOf(label), lines } }),
      };
    }),
  };
}

function sizeOf(lines: readonly string[], paddings: number): Pick<Box, "width" | "height"> {
  const longest = Math.max(...lines.map((line) => [...line].length));
  const padding = text.padding * paddings;
  return { width: Math.ceil(longest * text.advance) + padding, height: lines.length * text.line + padding };
}

function wrapped(line: string): string[] {
  const characters = [...line];
  const count = Math.max(1, Math.ceil(characters.length / longestLine));
  return Array.from({ length: count }, (_, index) =>
    characters.slice(index * longestLine, (index + 1) * longestLine).join(""),
  );
}

/** Converts a box of the layout library, which is placed by its centre. */
function boxOf({ x, y, width, height }: Box): Box {
  return { x: rounded(x - width / 2), y: rounded(y - height / 2), width: rounded(width), height: rounded(height) };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
