import { edgeLines, nodeLines } from "./captions.ts";
import type { Topology, TopologyEdge } from "./model.ts";

/** A flowchart of Mermaid, as Markdown on many sites shows it: put it into a code block with the language `mermaid`. */
export function mermaid({ nodes, edges }: Topology): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const lines = nodes.map((node, index) => {
    const style = node.fault !== undefined ? `:::${node.fault.state}` : node.declared ? "" : ":::undeclared";
    return `  n${index}["${label(nodeLines(node))}"]${style}`;
  });
  const links = edges.map((edge) => `  ${names.get(edge.from)} ${link(edge)} ${names.get(edge.to)}`);
  return `${["flowchart LR", ...lines, ...links, ...styles(edges)].join("\n")}\n`;
}

/** Arrows that differ in form, not in colour alone. */
function link(edge: TopologyEdge): string {
  const arrow = edge.fault === undefined ? "-->" : edge.fault.state === "open" ? "-.->" : "-.-x";
  const lines = edgeLines(edge);
  return lines.length === 0 ? arrow : `${arrow}|"${label(lines)}"|`;
}

function styles(edges: readonly TopologyEdge[]): string[] {
  const broken = edges.flatMap(({ fault }, index) => (fault?.state === "broken" ? [index] : []));
  return [
    "  classDef broken stroke:#b42318,stroke-width:2px",
    "  classDef open stroke-dasharray:4",
    "  classDef undeclared stroke-dasharray:4",
    ...(broken.length === 0 ? [] : [`  linkStyle ${broken.join(",")} stroke:#b42318`]),
  ];
}

function label(lines: readonly string[]): string {
  return lines.map(encoded).join("<br>");
}

/**
 * Characters with a meaning of their own become entity codes, `#34;` for a quotation mark. A colon is one only where the
 * text has a word of the language for styles: there Mermaid would take the last code's semicolon for that of a style.
 */
function encoded(text: string): string {
  const plain = /style|classdef/i.test(text) ? /[^A-Za-z0-9 ._/()[\],%=*-]/gu : /[^A-Za-z0-9 ._/()[\],%=*:-]/gu;
  return text.replace(plain, (character) => `#${character.codePointAt(0)};`);
}
