import { readParameters } from "../../../../lib/api/load/read-parameters.ts";
import { parseDocuments, parsePlain } from "../../../../lib/api/parse/documents.ts";
import { kustomizationParts } from "../../../../lib/api/parse/foreign.ts";
import { certificatesFault, pemCertificates } from "../../../../lib/routing/attach/pem.ts";
import { Assembly } from "../../../../proxy/control/stream/assembly.ts";
import { updatesTo } from "../../../../proxy/control/stream/messages.ts";
import { readFromProxy, readToProxy } from "../../../../proxy/control/stream/read-messages.ts";
import type { GrowthRow } from "../growth.ts";

const begin = "-----BEGIN CERTIFICATE-----\n";
const end = "-----END CERTIFICATE-----\n";
const lines = (count: number, line: (i: number) => string) => Array.from({ length: count }, (_, i) => line(i)).join("");
const documents = (text: string) => () => parseDocuments(text, "f.yaml");

/** Verdicts are kept by content: no content comes twice. */
let fresh = 0;

export const textRows: readonly GrowthRow[] = [
  {
    name: "certificates of a bundle",
    size: 2000,
    prepare: (n) => () => pemCertificates(`${begin}MIIB\n${end}`.repeat(n)),
  },
  {
    name: "beginnings of certificates without an end",
    size: 5000,
    prepare: (n) => () => certificatesFault(`${fresh++}${begin.repeat(n)}`),
  },
  {
    name: "ends of certificates without a beginning",
    size: 5000,
    prepare: (n) => () => certificatesFault(`${fresh++}${end.repeat(n)}`),
  },
  {
    name: "certificates that are none",
    size: 300,
    prepare: (n) => () => certificatesFault(`${fresh++}${`${begin}MIIB\n${end}`.repeat(n)}`),
  },
  { name: "keys of parameters.yaml", size: 300, prepare: (n) => () => readParameters(lines(n, (i) => `k${i}: v\n`)) },
  {
    name: "keys of a mapping in parameters.yaml",
    size: 200,
    prepare: (n) => () => readParameters(`service:\n  annotations:\n${lines(n, (i) => `    a${i}: b\n`)}`),
  },
  {
    name: "items of a list in parameters.yaml",
    size: 300,
    prepare: (n) => () => readParameters(`accessLog: {headers: [${"user-agent, ".repeat(n)}a]}`),
  },
  { name: "nesting in parameters.yaml", size: 100, prepare: (n) => () => readParameters("[".repeat(n)) },
  {
    name: "anchors in parameters.yaml",
    size: 150,
    prepare: (n) => () => readParameters(`[${lines(n, (i) => `&a${i} b, *a${i}, `)}c]`),
  },
  {
    name: "documents of a file",
    size: 50,
    prepare: (n) => documents("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\n".repeat(n)),
  },
  { name: "documents without content", size: 2000, prepare: (n) => documents("---\n".repeat(n)) },
  {
    name: "items of a List",
    size: 50,
    prepare: (n) =>
      documents(
        `apiVersion: v1\nkind: List\nitems:\n${"- {apiVersion: v1, kind: Service, metadata: {name: a}}\n".repeat(n)}`,
      ),
  },
  {
    name: "items of a List in JSON",
    size: 50,
    prepare: (n) =>
      documents(
        JSON.stringify({
          apiVersion: "v1",
          kind: "List",
          items: Array.from({ length: n }, () => ({ apiVersion: "v1", kind: "Service", metadata: { name: "a" } })),
        }),
      ),
  },
  {
    name: "keys of a ConfigMap",
    size: 200,
    prepare: (n) =>
      documents(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${lines(n, (i) => `  k${i}: v\n`)}`),
  },
  {
    name: "annotations",
    size: 200,
    prepare: (n) =>
      documents(
        `apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  annotations:\n${lines(n, (i) => `    k${i}: v\n`)}`,
      ),
  },
  {
    name: "repeated keys",
    size: 200,
    prepare: (n) => documents(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${"  k: v\n".repeat(n)}`),
  },
  {
    name: "lines of a block scalar",
    size: 5000,
    prepare: (n) =>
      documents(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  k: |\n${"    text\n".repeat(n)}`),
  },
  {
    name: "escapes of a quoted scalar",
    size: 5000,
    prepare: (n) => () => parsePlain(`"${"\\u0041".repeat(n)}"`, "f.yaml"),
  },
  { name: "lines of a quoted scalar", size: 3000, prepare: (n) => () => parsePlain(`"${"a\n ".repeat(n)}"`, "f.yaml") },
  { name: "lines of a plain scalar", size: 3000, prepare: (n) => () => parsePlain("a\n".repeat(n), "f.yaml") },
  { name: "comments", size: 3000, prepare: (n) => () => parsePlain("# c\n".repeat(n), "f.yaml") },
  {
    name: "merge keys",
    size: 100,
    prepare: (n) => () => parsePlain(`a: &a {b: c}\nd:\n${lines(n, (i) => `  k${i}: {<<: *a}\n`)}`, "f.yaml"),
  },
  {
    name: "aliases",
    size: 100,
    prepare: (n) => () => parsePlain(`a: &a {b: c}\nd:\n${"  - *a\n".repeat(n)}`, "f.yaml"),
  },
  {
    name: "resources of a kustomization",
    size: 100,
    prepare: (n) => () => kustomizationParts(`resources:\n${lines(n, (i) => `- a${i}.yaml\n`)}`),
  },
  {
    name: "hashes that a proxy has",
    size: 3000,
    prepare: (n) => {
      const hello = {
        type: "hello",
        version: 1,
        gateway: { namespace: "a", name: "b" },
        instance: "c",
        has: Object.fromEntries(Array.from({ length: n }, (_, i) => [`rule/${i}`, "h"])),
      };
      const bytes = Buffer.from(JSON.stringify(hello));
      return () => readFromProxy(bytes);
    },
  },
  {
    name: "parts of an update",
    size: 1000,
    prepare: (n) => {
      const wanted = new Map(Array.from({ length: n }, (_, i) => [`rule/${i}`, { hash: `${i}`, body: '{"a":1}' }]));
      wanted.set("gateway", { hash: "g", body: '{"version":1,"gateway":{},"ports":[]}' });
      return () => {
        const assembly = new Assembly();
        for (const update of updatesTo(new Map(), wanted, 1)) {
          const read = readToProxy(Buffer.from(JSON.stringify(update)));
          if (read.type === "update") assembly.take(read);
        }
        return [assembly.configuration(), assembly.hashes];
      };
    },
  },
];
