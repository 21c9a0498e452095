import fc from "fast-check";
import type { Topology, TopologyFault } from "../../../../lib/analysis/graph/model.ts";

/** Texts with a meaning in one of the languages, or in none. */
const words = [
  ...['"', "\\", "\\N", '\\"', "]", "}", "-->", "|", ";", "#35;", "#", "&", "&lt;", "<br>", "</text>", "<!--", "]]>"],
  ...[
    "%%",
    "%%{init: {}}%%",
    "end",
    "subgraph",
    "style a:#b;",
    "classDef x:#y;",
    "click",
    "`",
    "$$x$$",
    "*a*",
    "__b__",
  ],
  ...[
    "\n",
    "\r",
    "\t",
    "\u0000",
    "\u001b[31m",
    "\u2028",
    "\u202e",
    "\ufffe",
    "\ud800",
    "é",
    "日本",
    "👩‍🚀",
    "'",
    "{",
    "(",
    "@",
  ],
];

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: "binary", maxLength: 6 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => `x${parts.join("")}`);

const fault: fc.Arbitrary<TopologyFault> = fc.record(
  { state: fc.constantFrom("broken", "open"), reason: hostile, message: hostile },
  { requiredKeys: ["state", "message"] },
);

/** Generates a topology in which every text may be anything. */
export const hostileTopology: fc.Arbitrary<Topology> = fc
  .uniqueArray(
    fc.record(
      {
        id: hostile,
        kind: hostile,
        name: hostile,
        details: fc.array(hostile, { maxLength: 2 }),
        declared: fc.boolean(),
        fault,
      },
      { requiredKeys: ["id", "kind", "name", "details", "declared"] },
    ),
    { selector: ({ id }) => id, minLength: 1, maxLength: 5 },
  )
  .chain((nodes) => {
    const id = fc.constantFrom(...nodes.map((node) => node.id));
    const edge = fc.record(
      { from: id, to: id, labels: fc.array(hostile, { maxLength: 8 }), fault },
      { requiredKeys: ["from", "to", "labels"] },
    );
    return fc.record({ nodes: fc.constant(nodes), edges: fc.array(edge, { maxLength: 6 }) });
  });
