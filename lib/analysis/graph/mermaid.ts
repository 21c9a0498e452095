import { type Mermaid, mermaid as write } from "../../printing/mermaid.ts";
import { edgeLines, nodeLines } from "./captions.ts";
import type { Topology, TopologyEdge } from "./model.ts";

/** Writes a Mermaid flowchart, which many sites render from a Markdown code block with the language `mermaid`. */
export function mermaid({ nodes, edges }: Topology): Mermaid {
  const numbers = new Map(nodes.map(({ id }, index) => [id, index]));
  const numberOf = (id: string) => numbers.get(id) ?? -1;
  const lines = nodes.map((node, index) => {
    const style = node.fault !== undefined ? write`:::${node.fault.state}` : node.declared ? write`` : undeclared;
    return write`  n${index}["${label(nodeLines(node))}"]${style}`;
  });
  const links = edges.map((edge) => write`  n${numberOf(edge.from)} ${link(edge)} n${numberOf(edge.to)}`);
  return write`${write.join([write`flowchart LR`, ...lines, ...links, ...styles(edges)], "\n")}\n`;
}

const undeclared = write`:::undeclared`;

/** The arrow's form, not only its color, shows whether the edge holds, is open or is broken. */
function link(edge: TopologyEdge): Mermaid {
  const arrow = edge.fault === undefined ? write`-->` : edge.fault.state === "open" ? write`-.->` : write`-.-x`;
  const lines = edgeLines(edge);
  return lines.length === 0 ? arrow : write`${arrow}|"${label(lines)}"|`;
}

function styles(edges: readonly TopologyEdge[]): Mermaid[] {
  const broken = edges.flatMap(({ fault }, index) => (fault?.state === "broken" ? [write`${index}`] : []));
  return [
    write`  classDef broken stroke:#b42318,stroke-width:2px`,
    write`  classDef open stroke-dasharray:4`,
    write`  classDef undeclared stroke-dasharray:4`,
    ...(broken.length === 0 ? [] : [write`  linkStyle ${write.join(broken, ",")} stroke:#b42318`]),
  ];
}

function label(lines: readonly string[]): Mermaid {
  return write.join(
    lines.map((line) => write`${line}`),
    "<br>",
  );
}
