import assert from "node:assert/strict";
import { parse as parseYaml, stringify } from "yaml";
import { parametersLength, readParameters } from "../../../../lib/api/load/read-parameters.ts";
import { parseDocuments, parsePlain } from "../../../../lib/api/parse/documents.ts";
import { foreignFile, kustomizationParts } from "../../../../lib/api/parse/foreign.ts";
import { certificatesFault, pemCertificates } from "../../../../lib/routing/attach/pem.ts";
import { type FuzzTarget, kindOf, magnitude } from "../target.ts";

const yamlTokens = [
  ...[
    "\n---\n",
    "\n...\n",
    "- ",
    ": ",
    "? ",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "| \n",
    ">-\n  ",
    "%YAML 1.2\n",
    "<<: *a",
    "# c\n",
  ],
  ...[
    "{a: 1}",
    "[1, 2]",
    "kind: List\n",
    "items:\n",
    "apiVersion: v1\n",
    "kind: Service\n",
    "metadata: {name: a}\n",
    "\t",
    "\ufeff",
  ],
  ...["~", "yes", "0o17", "0x1f", "1_000", ".inf", "2001-01-01", '"\\u0041"', '"\\ud800"', "  ", "\n  "],
];

export const yaml: FuzzTarget = {
  name: "yaml",
  holds:
    "no text throws, positions are within it, JSON reads as JSON.parse has it, and what is read can be written and read again",
  tokens: yamlTokens,
  check: (input) => {
    const text = input.toString("utf8");
    const { declared, findings } = parseDocuments(text, "f.yaml");
    const lines = text.split(/\r\n|\n|\r/).length;
    for (const { origin, code } of findings) {
      assert.match(code, /^GW\d{4}$/);
      if (origin !== undefined && "line" in origin && origin.line !== undefined) {
        assert.ok(origin.line >= 1 && origin.line <= lines, `line ${origin.line} of ${lines}`);
      }
    }
    for (const { object } of declared) {
      const again = parseDocuments(stringify(object), "g.yaml");
      assert.deepEqual(again.declared[0]?.object, object);
    }
    const plain = parsePlain(text, "f.yaml");
    if (plain.findings.length === 0) assert.doesNotThrow(() => JSON.stringify(plain.value));
    checkJson(text, plain);
    return kindOf(findings.map(({ code }) => code).slice(0, 4), magnitude(declared.length));
  },
};

/** Asserts that JSON is YAML with the same value, unless it repeats a name, which JSON.parse admits. */
function checkJson(text: string, plain: ReturnType<typeof parsePlain>): void {
  if (!/^\s*[[{]/.test(text) || plain.findings.length > 0) return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return;
  }
  assert.deepEqual(JSON.stringify(plain.value), JSON.stringify(value));
}

export const parameters: FuzzTarget = {
  name: "parameters",
  holds: "no text throws; one that is too long is refused, and one that is accepted reads as the yaml package has it",
  tokens: [...yamlTokens, "replicas: 2\n", "service:\n  type: ", "limits:\n  ", "accessLog: {}\n", "tracing:\n"],
  check: (input) => {
    const text = input.toString("utf8");
    const { spec, findings } = readParameters(text);
    if (text.length > parametersLength) assert.equal(findings[0]?.code, "GW1002");
    if (spec !== undefined && findings.length === 0) {
      const names = Object.keys(spec);
      const read = parseYaml(text, { version: "1.1", merge: true }) as object | null;
      assert.deepEqual(
        names.filter((name) => !(name in (read ?? {}))),
        [],
        "settings that the text does not have",
      );
    }
    return kindOf(findings.map(({ code, field = "" }) => `${code} ${field}`).slice(0, 3), Object.keys(spec ?? {}));
  },
};

export const foreignFiles: FuzzTarget = {
  name: "foreign-files",
  holds: "no text throws, and what is said of it is one of the kinds that there are",
  tokens: [
    ...yamlTokens,
    "{{ .Values.a }}",
    "{{- if }}",
    "apiVersion: kustomize.config.k8s.io/v1beta1\n",
    "resources:\n",
    "patches:\n",
  ],
  check: (input, random) => {
    const text = input.toString("utf8");
    const baseName = random.of(["kustomization.yaml", "Chart.yaml", "values.yaml", "a.yaml", "a.json"]);
    const found = foreignFile({ baseName, text, malformed: random.below(2) === 0, inChart: random.below(2) === 0 });
    const parts = kustomizationParts(text);
    assert.ok(parts.every((part) => typeof part === "string"));
    return kindOf(baseName, found === undefined ? "own" : JSON.stringify(Object.keys(found)), magnitude(parts.length));
  },
};

const begin = "-----BEGIN CERTIFICATE-----";
const end = "-----END CERTIFICATE-----";

export const pem: FuzzTarget = {
  name: "pem",
  holds:
    "the certificates of a bundle are those that a reader from line to line finds, and a fault never repeats the text",
  tokens: [
    begin,
    end,
    "-----BEGIN ",
    "-----END ",
    "-----",
    "\n",
    "MIIB",
    "=",
    "-----BEGIN PRIVATE KEY-----\n",
    "# comment\n",
  ],
  check: (input) => {
    const text = input.toString("latin1");
    const found = pemCertificates(text);
    assert.deepEqual(found, certificatesIn(text));
    const fault = certificatesFault(text);
    assert.ok(
      fault === undefined ||
        /^it holds no PEM certificate$|^its certificate \d+ is not a valid X\.509 certificate$/.test(fault),
      fault,
    );
    if (found.length === 0) assert.notEqual(fault, undefined);
    return kindOf(magnitude(found.length), fault ?? "none");
  },
};

/** Finds certificates, from each begin marker to the next end marker, without regular expressions. */
function certificatesIn(text: string): string[] {
  const found: string[] = [];
  let start = -1;
  for (let at = 0; at < text.length; at++) {
    if (start < 0 && text.startsWith(begin, at)) start = at;
    else if (start >= 0 && at >= start + begin.length && text.startsWith(end, at)) {
      found.push(text.slice(start, at + end.length));
      at += end.length - 1;
      start = -1;
    }
  }
  return found;
}
