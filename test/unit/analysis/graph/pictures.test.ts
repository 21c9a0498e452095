import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { dot } from "../../../../lib/analysis/graph/dot.ts";
import { html } from "../../../../lib/analysis/graph/html.ts";
import { mermaid } from "../../../../lib/analysis/graph/mermaid.ts";
import type { Topology } from "../../../../lib/analysis/graph/model.ts";
import { svg } from "../../../../lib/analysis/graph/svg.ts";
import { topology } from "../../../../lib/analysis/graph/topology.ts";
import { routingModel } from "../../../../lib/analysis/traffic/model.ts";
import { load } from "../../../../lib/api/load/load.ts";
import { objectsOf } from "../../../../lib/engines/objects.ts";
import { readModule } from "../../../../proxy/sources/module.ts";
import { root } from "../../../../tools/build/layout.ts";

/** With UPDATE_GOLDEN set, the results are written instead of compared: review them before committing. */
const update = process.env.UPDATE_GOLDEN !== undefined;

async function topologyOf(program: string): Promise<Topology> {
  const source = { name: program, ...(await readModule(join(root, program), objectsOf)) };
  return topology(routingModel(load([source], { channel: "standard" }), { undeclared: "exists" }).attachment);
}

const testdata = (name: string) => join(import.meta.dirname, "testdata", name);

/** The programs whose pictures are tested in every format. Those in docs are part of the documentation. */
const programs: Readonly<Record<string, string>> = {
  acme: "examples/acme/acme.ts",
  broken: "test/unit/analysis/graph/testdata/broken.ts",
  "gateway-migration": "examples/gateway-migration/acme.ts",
};
const forms = { mmd: mermaid, dot, svg, html };

describe("pictures", () => {
  for (const [name, program] of Object.entries(programs)) {
    for (const [form, draw] of Object.entries(forms)) {
      const file = form === "svg" ? join(root, `docs/pictures/${name}.svg`) : testdata(`${name}.${form}`);
      it(`of ${program} as ${form}`, async () => {
        const actual = String(draw(await topologyOf(program)));
        if (update) writeFileSync(file, actual);
        assert.equal(actual, readFileSync(file, "utf8"));
        assert.equal(String(draw(await topologyOf(program))), actual, "the same a second time");
      });
    }
  }

  it("of nothing are pictures too", () => {
    const nothing: Topology = { nodes: [], edges: [] };
    assert.match(String(mermaid(nothing)), /^flowchart LR\n/);
    assert.match(String(dot(nothing)), /^digraph topology \{\n.*\n\}\n$/s);
    assert.match(String(svg(nothing)), /Nothing is declared/);
    assert.match(String(html(nothing)), /<svg /);
  });

  it("the documentation shows the flowchart of the example", () => {
    const page = readFileSync(join(root, "docs/command.md"), "utf8");
    assert.ok(page.includes(`\`\`\`mermaid\n${readFileSync(testdata("acme.mmd"), "utf8")}\`\`\``));
  });
});
