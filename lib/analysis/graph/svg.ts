import { type Markup, markup } from "../../printing/markup.ts";
import { nodeTitle } from "./captions.ts";
import { type Box, type PlacedEdge, type PlacedNode, type Point, place, text } from "./layout.ts";
import type { Topology, TopologyFault } from "./model.ts";

/** Colors meet WCAG 2.2 AA in light and dark schemes. Broken parts differ in form too. */
const style = `
.page { fill: #fff } .box { fill: #fafafa; stroke: #71717a } .label { fill: #fff }
.edge { fill: none; stroke: #71717a } .head { fill: #71717a } .cross { stroke: #b42318; stroke-width: 2; fill: none }
text { font: ${text.size}px ui-monospace, Menlo, Consolas, monospace; fill: #18181b } .kind { fill: #52525b; font-weight: 600 }
.GatewayClass { stroke: #6d28d9 } .Gateway { stroke: #1d4ed8 } .ListenerSet { stroke: #1d4ed8 } .Listener { stroke: #0e7490 }
.Route { stroke: #15803d } .Service { stroke: #a16207 } .ServiceImport { stroke: #a16207 }
.undeclared, .open { stroke-dasharray: 5 4 } .broken { stroke: #b42318; stroke-dasharray: 5 4 } text.broken { fill: #b42318; stroke: none }
@media (prefers-color-scheme: dark) {
.page, .label { fill: #18181b } .box { fill: #27272a; stroke: #a1a1aa } .edge { stroke: #a1a1aa } .head { fill: #a1a1aa }
text { fill: #f4f4f5 } .kind { fill: #a1a1aa } .cross, .broken { stroke: #fda29b } text.broken { fill: #fda29b }
.GatewayClass { stroke: #c4b5fd } .Gateway, .ListenerSet { stroke: #93c5fd } .Listener { stroke: #67e8f9 }
.Route { stroke: #86efac } .Service, .ServiceImport { stroke: #fcd34d }
}
`;

/** Writes a self-contained SVG image with its own styles for light and dark schemes. */
export function svg(topology: Topology): Markup {
  const layout = place(topology);
  const { width, height, nodes, edges } = layout;
  const elements = [
    markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="topology">`,
    markup`<title id="topology">${summary(topology)}</title>`,
    markup`<style>${markup.verbatim(style)}</style>`,
    ...markers,
    markup`<rect class="page" width="${width}" height="${height}"/>`,
    ...edges.map(edgePath),
    ...edges.flatMap(edgeLabel),
    ...nodes.map((node) => nodeBox(node)),
    markup`</svg>\n`,
  ];
  return markup.join(elements, "\n");
}

/** A summary such as `1 Gateway, 2 HTTPRoutes; 1 edge broken`. The text is not escaped. */
export function summary({ nodes, edges }: Topology): string {
  const kinds = [...new Set(nodes.map(({ kind }) => kind))];
  const counts = kinds.map((kind) => {
    const count = nodes.filter((node) => node.kind === kind).length;
    return `${count} ${kind}${count === 1 ? "" : kind.endsWith("s") ? "es" : "s"}`;
  });
  const broken = edges.filter(({ fault }) => fault?.state === "broken").length;
  const tail = broken === 0 ? "" : `; ${broken} ${broken === 1 ? "edge" : "edges"} broken`;
  return `${counts.join(", ") || "Nothing is declared"}${tail}`;
}

const markers = [
  markup`<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="head" d="M0 0L8 4L0 8Z"/></marker>`,
  markup`<marker id="cross" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="10" markerHeight="10" orient="auto"><path class="cross" d="M1 1L9 9M9 1L1 9"/></marker></defs>`,
];

function edgePath({ edge, points }: PlacedEdge): Markup {
  const { fault } = edge;
  const state = fault === undefined ? "" : ` ${fault.state}`;
  const head = fault?.state === "broken" ? "cross" : "arrow";
  return markup`<path class="edge${state}" d="${curve(points)}" marker-end="url(#${head})">${tooltip(fault)}</path>`;
}

/** A path through the middle of each inner segment, with curves in place of corners. */
function curve(points: readonly Point[]): string {
  const [first = { x: 0, y: 0 }, ...rest] = points;
  const last = rest.at(-1) ?? first;
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? point;
    return `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  return `M${first.x} ${first.y}${bends.join("")}L${last.x} ${last.y}`;
}

function edgeLabel({ edge, label }: PlacedEdge): Markup[] {
  if (label === undefined) return [];
  const { box, lines } = label;
  const rows = lines.map((line, index) =>
    row(line, box, index, index === 0 ? (edge.fault?.state ?? "") : "", text.padding / 2),
  );
  return [markup`<rect class="label" ${corners(box)}/>${markup.join(rows, "")}`];
}

function nodeBox({ node, box, lines }: PlacedNode): Markup {
  const { kind, declared, fault } = node;
  const own = /^[A-Za-z]+$/.test(kind) ? (kind.endsWith("Route") ? "Route" : kind) : "other";
  const state = fault?.state ?? (declared ? "" : "undeclared");
  const rows = lines.map((line, index) => {
    const last = fault !== undefined && index === lines.length - 1;
    return row(line, box, index, index === 0 ? "kind" : last ? fault.state : "", text.padding);
  });
  const classes = ["box", own, state].filter((name) => name !== "").join(" ");
  return markup`<g><title>${titleOf(node)}</title><rect class="${classes}" ${corners(box)} rx="6"/>${markup.join(rows, "")}</g>`;
}

function titleOf(node: PlacedNode["node"]): string {
  return node.fault === undefined ? nodeTitle(node) : `${nodeTitle(node)}: ${node.fault.message}`;
}

function tooltip(fault: TopologyFault | undefined): Markup {
  return fault === undefined ? markup`` : markup`<title>${fault.message}</title>`;
}

function row(line: string, { x, y }: Box, index: number, style: string, padding: number): Markup {
  const classes = style === "" ? markup`` : markup` class="${style}"`;
  const baseline = y + padding + index * text.line + text.size;
  return markup`<text${classes} x="${x + padding}" y="${baseline}">${line}</text>`;
}

function corners({ x, y, width, height }: Box): Markup {
  return markup`x="${x}" y="${y}" width="${width}" height="${height}"`;
}
