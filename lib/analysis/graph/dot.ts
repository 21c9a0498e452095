import { edgeLines, nodeLines, oneLine } from "./captions.ts";
import type { Topology, TopologyFault } from "./model.ts";

/** A graph in Graphviz' language, from left to right. */
export function dot({ nodes, edges }: Topology): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  return [
    "digraph topology {",
    "  rankdir=LR;",
    '  node [shape=box, style=rounded, fontname="Helvetica"];',
    '  edge [fontname="Helvetica", fontsize=10];',
    ...nodes.map((node, index) => {
      const style = node.declared ? [] : ['style="rounded,dashed"'];
      return `  n${index} [${[`label=${quoted(nodeLines(node))}`, ...style, ...marks(node.fault)].join(", ")}];`;
    }),
    ...edges.map((edge) => {
      const lines = edgeLines(edge);
      const attributes = [
        ...(lines.length === 0 ? [] : [`label=${quoted(lines)}`]),
        ...(edge.fault === undefined ? [] : ["style=dashed"]),
        ...(edge.fault?.state === "broken" ? ["arrowhead=tee"] : []),
        ...marks(edge.fault),
      ];
      const tail = attributes.length === 0 ? "" : ` [${attributes.join(", ")}]`;
      return `  ${names.get(edge.from)} -> ${names.get(edge.to)}${tail};`;
    }),
    "}\n",
  ].join("\n");
}

/** The whole message shows where a picture has tooltips. */
function marks(fault: TopologyFault | undefined): string[] {
  if (fault === undefined) return [];
  const tooltip = `tooltip=${quoted([oneLine(fault.message)])}`;
  return fault.state === "broken" ? ['color="#b42318"', 'fontcolor="#b42318"', tooltip] : [tooltip];
}

/**
 * A double-quoted string of the language, which is an escString with entities of HTML besides: backslashes, quotation
 * marks and ampersands stand for themselves.
 */
function quoted(lines: readonly string[]): string {
  const texts = lines.map((line) => line.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/&/g, "&amp;"));
  return `"${texts.join("\\n")}"`;
}
