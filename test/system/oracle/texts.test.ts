import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { kubectlValues } from "../../unit/api/parse/kubectl-values.ts";
import { manifests } from "./inputs.ts";
import { type Answer, ask } from "./server.ts";

const count = Number(process.env.ORACLE_OBJECTS ?? 500);
const seed = Number(process.env.ORACLE_SEED ?? 1);

const head = "kind: A\napiVersion: b/v1\nmetadata: {name: c}\n";

/** Where kubectl reads a text and it is an error here on purpose (decision 0176). */
const stricter: readonly { readonly reason: string; readonly message: RegExp }[] = [
  { reason: "The API server refuses a key that stands twice.", message: /stands twice in one mapping/ },
  { reason: "An integer that a JavaScript number cannot hold would change.", message: /cannot be carried exactly/ },
  { reason: "A dash alone in brackets is no list item that anybody meant.", message: /Block collections/ },
  {
    reason: "kubectl reads `[a:, b]` otherwise than YAML 1.2 does.",
    message: /reads this colon as a part of the text/,
  },
  { reason: "kubectl folds U+0085, U+2028 and U+2029 like line breaks.", message: /reads as a line break/ },
];

/** What kubectl reads of a text and what is read here, where they differ. */
function difference(text: string, { problems, objects = [] }: Answer): string | undefined {
  const { declared, findings } = parseDocuments(text, "a.yaml");
  const errors = findings.filter(({ severity }) => severity === "error");
  const told = `${JSON.stringify(text)}: here ${JSON.stringify(errors.map(({ message }) => message))}`;
  if (errors.length > 0 && problems.length > 0) return undefined;
  // To the strict reader, which is asked for keys that stand twice, a key beside the same merged one is such a key.
  const isMerge = text.includes("<<") && problems.every(({ message }) => message.includes("already set in map"));
  if (problems.length > 0 && !isMerge) return `${told}; kubectl ${problems.map(({ message }) => message).join("; ")}`;
  if (errors.some(({ message }) => stricter.some((one) => one.message.test(message)))) return undefined;
  if (errors.length > 0) return `${told}; kubectl nothing`;
  // kubectl sends a List whole, and its items are objects here.
  if (objects.some((object) => String((object as { kind?: unknown })?.kind).endsWith("List"))) return undefined;
  const [ours, theirs] = [
    JSON.stringify(sorted(declared.map(({ object }) => object))),
    JSON.stringify(sorted(objects)),
  ];
  return ours === theirs ? undefined : `${JSON.stringify(text)}: here ${ours}; kubectl ${theirs}`;
}

/** With keys in one order: Go sorts those of mappings. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

async function differences(texts: readonly string[]): Promise<readonly string[]> {
  const answers = await ask(texts.map((text) => ({ text })));
  return texts.flatMap((text, i) => difference(text, answers[i] as Answer) ?? []);
}

test("every file of the API and of the conformance suite is read as kubectl reads it", async () => {
  assert.deepEqual(await differences(manifests().map(({ text }) => text)), []);
});

test("every line of the table is read as kubectl reads it", async () => {
  const texts = kubectlValues.map(([text]) => head + text);
  const answers = await ask(texts.map((text) => ({ text })));
  for (const [i, [text, expected]] of kubectlValues.entries()) {
    const { problems, objects = [] } = answers[i] as Answer;
    assert.equal(difference(texts[i] as string, answers[i] as Answer), undefined, text);
    if (expected === "GW1001") continue;
    assert.ok(problems.length === 0 || text.includes("<<"), text);
    assert.deepEqual((objects[0] as { readonly data?: unknown }).data, expected, text);
  }
});

const digits = fc
  .array(fc.constantFrom(..."0123456789_.eExXoObB+-:"), { minLength: 1, maxLength: 7 })
  .map((parts) => parts.join(""));
const escapes = fc
  .array(fc.constantFrom("\\'", "\\\\", '\\"', "\\/", "\\n", "\\x41", "\\u00e9", "\\0", "\\e", "\\q", "a", "'", " "), {
    maxLength: 5,
  })
  .map((parts) => `"${parts.join("")}"`);
const words = fc.constantFrom(
  ...[
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "N",
    "~",
    "null",
    "Null",
    ".inf",
    "-.INF",
    ".NaN",
    "true",
    "TRUE",
    "tRue",
    "=",
    "<<",
  ],
  ...["2020-01-01", "12:30:45", "1e3", "0x", "0b", "0o7", "'a''b'", "!!str 1", "!!int '1'", "!!bool yes", "a b", "a#b"],
  ...[
    "a #b",
    "a: b",
    "- a",
    "[a, b]",
    "{a: b}",
    "|\n  a\n  b",
    ">-\n  a\n  b",
    "&x a",
    "? a",
    "é",
    "\ud83d\ude00",
    "@a",
    "%a",
  ],
);
const value = fc.oneof(
  { weight: 3, arbitrary: digits },
  { weight: 2, arbitrary: escapes },
  { weight: 2, arbitrary: words },
);
const text = fc.tuple(value, value, fc.constantFrom("value", "key", "item", "flow")).map(([one, other, place]) => {
  switch (place) {
    case "value":
      return `data: ${one}`;
    case "key":
      return `data:\n  ${other}: x`;
    case "item":
      return `data:\n- ${one}\n- ${other}`;
    default:
      return `data: [${one}, ${other}]`;
  }
});

test("random scalars and keys are read as kubectl reads them", async (t) => {
  const texts = fc.sample(text, { numRuns: 4 * count, seed }).map((line) => `${head}${line}\n`);
  const answers = await ask(texts.map((one) => ({ text: one })));
  const found = texts.flatMap((one, i) => difference(one, answers[i] as Answer) ?? []);
  t.diagnostic(
    `${texts.length} texts, ${answers.filter(({ problems }) => problems.length === 0).length} read by kubectl`,
  );
  assert.deepEqual(found.slice(0, 20), [], `${found.length} differences`);
});
