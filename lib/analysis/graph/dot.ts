import { type Dot, dot as write } from "../../printing/dot.ts";
import { edgeLines, nodeLines } from "./captions.ts";
import type { Topology, TopologyFault } from "./model.ts";

/** Writes the topology in the DOT language of Graphviz, laid out from left to right. */
export function dot({ nodes, edges }: Topology): Dot {
  const numbers = new Map(nodes.map(({ id }, index) => [id, index]));
  const numberOf = (id: string) => numbers.get(id) ?? -1;
  return write.join(
    [
      ...head,
      ...nodes.map((node, index) => {
        const style = node.declared ? [] : [write`style="rounded,dashed"`];
        const attributes = [write`label=${quoted(nodeLines(node))}`, ...style, ...marks(node.fault)];
        return write`  n${index} [${write.join(attributes, ", ")}];`;
      }),
      ...edges.map((edge) => {
        const lines = edgeLines(edge);
        const attributes = [
          ...(lines.length === 0 ? [] : [write`label=${quoted(lines)}`]),
          ...(edge.fault === undefined ? [] : [write`style=dashed`]),
          ...(edge.fault?.state === "broken" ? [write`arrowhead=tee`] : []),
          ...marks(edge.fault),
        ];
        const tail = attributes.length === 0 ? write`` : write` [${write.join(attributes, ", ")}]`;
        return write`  n${numberOf(edge.from)} -> n${numberOf(edge.to)}${tail};`;
      }),
      write`}\n`,
    ],
    "\n",
  );
}

const head = [
  write`digraph topology {`,
  write`  rankdir=LR;`,
  write`  node [shape=box, style=rounded, fontname="Helvetica"];`,
  write`  edge [fontname="Helvetica", fontsize=10];`,
];

/** Output formats with tooltips show the whole message. */
function marks(fault: TopologyFault | undefined): Dot[] {
  if (fault === undefined) return [];
  const tooltip = write`tooltip=${quoted([fault.message])}`;
  return fault.state === "broken" ? [write`color="#b42318"`, write`fontcolor="#b42318"`, tooltip] : [tooltip];
}

function quoted(lines: readonly string[]): Dot {
  const texts = lines.map((line) => write`${line}`);
  return write`"${write.join(texts, "\\n")}"`;
}
