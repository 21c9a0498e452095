import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { edgeLines, nodeLines } from "../../../../lib/analysis/graph/captions.ts";
import { dot } from "../../../../lib/analysis/graph/dot.ts";
import { html } from "../../../../lib/analysis/graph/html.ts";
import { mermaid } from "../../../../lib/analysis/graph/mermaid.ts";
import { svg } from "../../../../lib/analysis/graph/svg.ts";
import { hostileTopology } from "./hostile.ts";

// The real parsers of these languages read the same topologies in test/system/packages/graph.test.ts.

test("whatever stands in a name, a line of Mermaid is a node, a link or a style", () => {
  const label = String.raw`(?:[A-Za-z0-9 ._/()[\],%=*:-]|#\d+;|<br>)*`;
  const node = new RegExp(String.raw`^  n\d+\["(${label})"\](?::::\w+)?$`);
  const link = new RegExp(String.raw`^  n\d+ (?:-->|-\.->|-\.-x)(?:\|"(${label})"\|)? n\d+$`);
  const decoded = (text: string) => text.replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
  fc.assert(
    fc.property(hostileTopology, (topology) => {
      const lines = String(mermaid(topology)).split("\n").slice(1, -1);
      const body = lines.filter((line) => !/^ {2}(classDef|linkStyle) /.test(line));
      const read = body.map((line) => (node.exec(line) ?? link.exec(line) ?? assert.fail(line))[1] ?? "");
      const expected = [...topology.nodes.map(nodeLines), ...topology.edges.map(edgeLines)];
      assert.deepEqual(
        read.map((text) => text.split("<br>").map(decoded)),
        expected.map((texts) => (texts.length === 0 ? [""] : texts)),
      );
    }),
    { numRuns: 300 },
  );
});

test("whatever stands in a name, a statement of DOT is one", () => {
  const quoted = String.raw`"(?:[^"\\\n]|\\.)*"`;
  const attributes = String.raw`(?: \[\w+=(?:\w+|${quoted})(?:, \w+=(?:\w+|${quoted}))*\])?`;
  const statement = new RegExp(String.raw`^  (?:rankdir=LR|(?:node|edge|n\d+|n\d+ -> n\d+)${attributes});$`);
  fc.assert(
    fc.property(hostileTopology, (topology) => {
      const lines = String(dot(topology)).split("\n");
      assert.deepEqual([lines[0], ...lines.slice(-2)], ["digraph topology {", "}", ""]);
      for (const line of lines.slice(1, -2)) assert.match(line, statement);
      assert.equal(lines.length - 6, topology.nodes.length + topology.edges.length);
    }),
    { numRuns: 300 },
  );
});

test("whatever stands in a name, SVG and HTML have only the elements that they are made of", () => {
  const element = /<(\/?)([a-z]+[0-9]?)((?: [a-zA-Z-]+="[^"<]*")*)(\/?)>/g;
  fc.assert(
    fc.property(hostileTopology, (topology) => {
      for (const picture of [String(svg(topology)), String(html(topology))]) {
        const content = picture.replace(/<style>[^<]*<\/style>/g, "").replace("<!doctype html>", "");
        const rest = content.replace(element, "");
        assert.doesNotMatch(rest, /[<>]/);
        assert.doesNotMatch(rest, /&(?!amp;|lt;|gt;|quot;|#39;)/);
        // The characters that a document may contain (XML 1.0 section 2.2).
        assert.match(content, /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
      }
      const count = (name: string) => String(svg(topology)).split(`<${name}`).length - 1;
      assert.equal(count("g>"), topology.nodes.length);
    }),
    { numRuns: 100 },
  );
});
