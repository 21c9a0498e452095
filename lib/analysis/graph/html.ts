import { type Markup, markup } from "../../printing/markup.ts";
import { ends, faultWords, nodeTitle } from "./captions.ts";
import type { Topology, TopologyFault } from "./model.ts";
import { summary, svg } from "./svg.ts";

const style = `
:root { color-scheme: light dark; --line: light-dark(#d4d4d8, #3f3f46) }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1.5rem; background: light-dark(#fff, #18181b); color: light-dark(#18181b, #f4f4f5) }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.2rem; margin: 2rem 0 .25rem } .picture { overflow: auto; margin-top: 1rem }
table { border-collapse: collapse } th, td { text-align: left; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: baseline }
`;

/** Writes a self-contained page without scripts: the picture, and a list of its broken and open parts. */
export function html(topology: Topology): Markup {
  return markup`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Topology</title>
<style>${markup.verbatim(style)}</style>
<h1>Topology</h1>
<p>${summary(topology)}</p>
<div class="picture">
${svg(topology)}</div>
${faults(topology, "broken", "Broken")}${faults(topology, "open", "Open: it holds if what no source declares is declared elsewhere")}</html>
`;
}

function faults(topology: Topology, state: TopologyFault["state"], heading: string): Markup {
  const ofEdges = ends(topology).map(({ edge, from, to }) => ({
    place: `${nodeTitle(from)} → ${nodeTitle(to)}`,
    fault: edge.fault,
  }));
  const ofNodes = topology.nodes.map((node) => ({ place: nodeTitle(node), fault: node.fault }));
  const rows = [...ofNodes, ...ofEdges].flatMap(({ place, fault }) => {
    if (fault?.state !== state) return [];
    const reason = fault.reason ?? faultWords(fault);
    return [markup`<tr><th scope="row">${place}</th><td>${reason}</td><td>${fault.message}</td></tr>`];
  });
  if (rows.length === 0) return markup``;
  return markup`<h2>${heading}</h2>
<table><thead><tr><th scope="col">Where</th><th scope="col">Reason</th><th scope="col">Message</th></tr></thead>
<tbody>${markup.join(rows, "\n")}</tbody></table>
`;
}
