import assert from "node:assert/strict";
import { parseDocuments } from "../../../../lib/api/parse/documents.ts";

export const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`;
export const named = (text: string) =>
  parseDocuments(text, "f.yaml").declared.map(({ object }) => object.metadata.name);
export const codes = (text: string) => parseDocuments(text, "f.yaml").findings.map(({ code }) => code);

/** Returns the finding of a text that has exactly one. */
export function only(text: string) {
  const { findings } = parseDocuments(text, "f.yaml");
  assert.equal(findings.length, 1, JSON.stringify(findings));
  const [finding] = findings;
  assert(finding?.origin !== undefined && "file" in finding.origin);
  assert.equal(finding.severity, "error");
  assert.equal(finding.origin.file, "f.yaml");
  return { ...finding, line: finding.origin.line, column: finding.origin.column };
}
