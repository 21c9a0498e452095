import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { edgeLines, nodeLines } from "../../../lib/analysis/graph/captions.ts";
import { dot } from "../../../lib/analysis/graph/dot.ts";
import { html } from "../../../lib/analysis/graph/html.ts";
import { mermaid } from "../../../lib/analysis/graph/mermaid.ts";
import type { Topology } from "../../../lib/analysis/graph/model.ts";
import { svg } from "../../../lib/analysis/graph/svg.ts";
import { hostileTopology } from "../../unit/analysis/graph/hostile.ts";
import { Project } from "./project.ts";

/** The output of programs/read.mjs for one topology: what the parsers understood of its four pictures. */
interface Read {
  readonly mermaid: {
    readonly nodes: readonly { readonly id: string; readonly lines: readonly string[]; readonly classes: string[] }[];
    readonly edges: readonly {
      readonly from: string;
      readonly to: string;
      readonly lines: readonly string[];
      readonly type: string;
    }[];
  };
  readonly dot: Readonly<Record<"nodes" | "edges", readonly { readonly title: string; readonly lines: string[] }[]>>;
  readonly svg: readonly (readonly string[])[];
  readonly html: { readonly elements: readonly string[]; readonly cells: readonly string[] };
}

/** Normalizes blanks, whose width depends on the drawing. */
const blanks = (line: string) => line.replace(/\s+/g, " ").trim();
const lines = (texts: readonly string[]) => texts.map(blanks);

describe("pictures of topologies with hostile names, read by the parsers of their languages", () => {
  const topologies: readonly Topology[] = fc.sample(hostileTopology, { numRuns: 150, seed: 20_261_123 });
  let read: readonly Read[] = [];
  const each = (check: (topology: Topology, read: Read) => void) => {
    assert.equal(read.length, topologies.length);
    for (const [index, topology] of topologies.entries()) check(topology, read[index] as Read);
  };

  before(async () => {
    const project = await Project.install("graph");
    project.copy("test/system/packages/graph/programs", "programs");
    const pictures = topologies.map((one) => ({
      mermaid: String(mermaid(one)),
      dot: String(dot(one)),
      svg: String(svg(one)),
      html: String(html(one)),
    }));
    project.write("pictures.json", JSON.stringify(pictures));
    const { status, stdout, stderr } = project.run("node", "programs/read.mjs", "pictures.json");
    assert.equal(status, 0, stderr);
    read = JSON.parse(stdout) as Read[];
  });

  it("Mermaid has every node and every edge, with their texts and arrows", () => {
    each(({ nodes, edges }, { mermaid: { nodes: vertices, edges: links } }) => {
      assert.deepEqual(
        vertices.map((vertex) => [vertex.id, lines(vertex.lines), vertex.classes]),
        nodes.map((node, index) => {
          const style = node.fault?.state ?? (node.declared ? undefined : "undeclared");
          return [`n${index}`, lines(nodeLines(node)), style === undefined ? [] : [style]];
        }),
      );
      const name = (id: string) => `n${nodes.findIndex((node) => node.id === id)}`;
      assert.deepEqual(
        links.map((link) => [link.from, link.to, lines(link.lines), link.type]),
        edges.map((edge) => {
          const arrow = edge.fault?.state === "broken" ? "arrow_cross" : "arrow_point";
          return [name(edge.from), name(edge.to), lines(edgeLines(edge)), arrow];
        }),
      );
    });
  });

  it("Graphviz draws every node and every edge, with their texts", () => {
    each(({ nodes, edges }, { dot: drawn }) => {
      const expected = nodes.map((node, index) => ({ title: `n${index}`, lines: lines(nodeLines(node)) }));
      assert.deepEqual(sorted(drawn.nodes), sorted(expected));
      const name = (id: string) => `n${nodes.findIndex((node) => node.id === id)}`;
      const links = edges.map((edge) => ({
        title: `${name(edge.from)}->${name(edge.to)}`,
        lines: lines(edgeLines(edge)),
      }));
      assert.deepEqual(sorted(drawn.edges), sorted(links));
    });
  });

  it("the SVG is XML, and shows every node's text", () => {
    each(({ nodes }, { svg: groups }) => {
      // Long lines are wrapped, so texts are compared without blanks.
      const joined = (texts: readonly string[]) => texts.join("").replace(/\s+/g, "");
      assert.deepEqual(groups.map(joined), nodes.map(nodeLines).map(joined));
    });
  });

  it("the page has no element but its own, and tells every fault", () => {
    const own = [
      "body",
      "defs",
      "div",
      "g",
      "h1",
      "h2",
      "head",
      "html",
      "marker",
      "meta",
      "p",
      "path",
      "rect",
      "style",
    ];
    const allowed = new Set([...own, "svg", "table", "tbody", "td", "text", "th", "thead", "title", "tr"]);
    each(({ nodes, edges }, { html: { elements, cells } }) => {
      assert.deepEqual(
        elements.filter((element) => !allowed.has(element)),
        [],
      );
      assert.equal(cells.length, 3 * [...nodes, ...edges].filter(({ fault }) => fault !== undefined).length);
    });
  });
});

function sorted(drawn: readonly { readonly title: string; readonly lines: readonly string[] }[]): string[] {
  return drawn.map(({ title, lines: texts }) => JSON.stringify([title, texts.map(blanks)])).sort();
}
