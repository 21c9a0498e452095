import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { stringify } from "yaml";
import { convert } from "../../../../lib/api/conversion/convert.ts";
import type { AnyObject, Declared } from "../../../../lib/api/declared/declared.ts";
import { merge } from "../../../../lib/api/load/merge.ts";
import { parseDocuments } from "../../../../lib/api/parse/documents.ts";
import type { Finding } from "../../../../lib/findings/finding.ts";

const golden = join(import.meta.dirname, "golden");
const seed = join(import.meta.dirname, "../../../../examples/seed");

/** With UPDATE_GOLDEN set, the results are written instead of compared: review the diff before committing. */
const update = process.env.UPDATE_GOLDEN !== undefined;

for (const input of globSync("*.in.yaml", { cwd: golden }).sort()) {
  const sentence = basename(input, ".in.yaml");
  test(sentence.replaceAll("-", " "), () => compare(sentence, read(join(golden, input))));
}

/** The unchanged files of 2021, alone and together: a later one replaces objects of an earlier one. */
const seeds: Readonly<Record<string, readonly string[]>> = {
  "seed-1-is-served-by-one-gateway": ["1-acme-store"],
  "seed-1-with-2-splits-nine-to-one": ["1-acme-store", "2-canary-weights"],
  "seed-1-with-3-is-served-by-both-gateways": ["1-acme-store", "3-gateway-upgrade"],
  "seed-1-with-4-has-another-controller": ["1-acme-store", "4-consistent-environments"],
  "seed-5-is-served-by-two-implementations": ["5-two-implementations"],
  "seed-6-matches-a-header": ["6-canary-header"],
  "seed-7-splits-over-two-imports": ["7-multicluster-split"],
  "seed-7-with-8-mirrors": ["7-multicluster-split", "8-multicluster-mirror"],
};

for (const [sentence, files] of Object.entries(seeds)) {
  test(sentence.replaceAll("-", " "), () => {
    const sources = files.map((name) => ({ name, declared: read(join(seed, `${name}.yaml`)), findings: [] }));
    const merged = merge(sources, ({ kind }) => kind === "GatewayClass");
    compare(sentence, merged.declared, merged.findings);
  });
}

function read(path: string): readonly Declared[] {
  const { declared, findings } = parseDocuments(readFileSync(path, "utf8"), basename(path));
  assert.deepEqual(findings, []);
  return declared;
}

function compare(sentence: string, declared: readonly Declared[], before: readonly Finding[] = []): void {
  const converted = convert(declared);
  const objects = converted.declared.map(({ object }) => object);
  const findings = [...before, ...converted.findings].map(line).join("");
  const output = join(golden, `${sentence}.out.yaml`);
  const report = join(golden, `${sentence}.findings.txt`);
  if (update) {
    writeFileSync(output, objects.map((object) => stringify(ordered(object), { compat: "yaml-1.1" })).join("---\n"));
    if (findings !== "") writeFileSync(report, findings);
  }
  assert.deepEqual(plain(objects), plain(read(output).map(({ object }) => object)));
  assert.equal(findings, existsSync(report) ? readFileSync(report, "utf8") : "");
}

function line({ code, severity, object, field, message, given }: Finding): string {
  const place = [object === undefined ? "" : `${object.kind}/${object.name}`, field ?? ""].filter(Boolean).join(" ");
  return `${code} ${severity} ${place}: ${message}${given === undefined ? "" : ` (${given})`}\n`;
}

function ordered({ apiVersion, kind, metadata, ...rest }: AnyObject): unknown {
  return { apiVersion, kind, metadata, ...rest };
}

/** Makes plain objects, independent of the order of keys and of undefined members. */
function plain(objects: readonly AnyObject[]): unknown {
  return JSON.parse(JSON.stringify(objects));
}
