import type { CatalogEntry, Code } from "../../lib/findings/catalog/entry.ts";

type Catalog = ReadonlyMap<Code, CatalogEntry>;

interface Family {
  readonly prefix: string;
  readonly title: string;
  readonly about: string;
}

/** The pages, keyed by the first two digits of the codes. A code without a page is an error. */
const families: readonly Family[] = [
  { prefix: "GW10", title: "Sources", about: "Files, documents and programs that cannot be read, or not as written." },
  { prefix: "GW11", title: "Structure", about: "What the Gateway API's schemas ask of single fields." },
  {
    prefix: "GW12",
    title: "Rules across fields",
    about: "What the Gateway API's validation rules ask of fields together.",
  },
  { prefix: "GW13", title: "Conversion", about: "What happens to documents in an older vocabulary." },
  { prefix: "GW14", title: "Programs", about: "What a TypeScript program declares that cannot become a manifest." },
  { prefix: "GW15", title: "The embedded proxy", about: "What `gatewright dev` cannot open or serve." },
  { prefix: "GW20", title: "GatewayClass", about: "Conditions of a GatewayClass." },
  { prefix: "GW21", title: "Gateway", about: "Conditions of a Gateway." },
  { prefix: "GW22", title: "Listeners", about: "Conditions of listeners, of Gateways and of ListenerSets." },
  { prefix: "GW23", title: "ListenerSet", about: "Conditions of a ListenerSet." },
  { prefix: "GW24", title: "Routes", about: "Conditions of a route, for each of its parents." },
  { prefix: "GW25", title: "BackendTLSPolicy", about: "Conditions of a BackendTLSPolicy, for each ancestor." },
  { prefix: "GW26", title: "Contracts", about: "Contracts between teams: their versions, and what they promise." },
  {
    prefix: "GW27",
    title: "The cluster",
    about: "Sources held against what a cluster has: `gatewright check --live`.",
  },
  { prefix: "GW3", title: "Advice", about: "Valid, and likely not what was meant. Advice never fails a command." },
];

const generated = "<!-- Written by `npm run docs` from lib/findings/catalog: change its tables. -->\n";

/** Returns the pages of docs/findings, keyed by file name. */
export function findingPages(catalog: Catalog): ReadonlyMap<string, string> {
  const homeless = [...catalog.keys()].find((code) => !families.some(({ prefix }) => code.startsWith(prefix)));
  if (homeless !== undefined) throw new Error(`${homeless} belongs to no family of tools/docs/pages.ts`);
  const pages = new Map<string, string>();
  const rows: string[] = [];
  for (const family of families) {
    const codes = [...catalog].filter(([code]) => code.startsWith(family.prefix));
    if (codes.length === 0) continue;
    pages.set(`${family.prefix}.md`, familyPage(family, codes));
    rows.push(`\n## ${family.title}\n\n| code | |\n|---|---|`);
    for (const [code, { title }] of codes) rows.push(`| [${code}](${family.prefix}.md#${anchor(code)}) | ${title} |`);
  }
  return pages.set("README.md", `${generated}${overview}${rows.join("\n")}\n`);
}

const overview = `
# Findings

Whatever Gatewright has to say about its input is a finding with a stable code. GW1xxx: the source, the schema and
conversion; GW2xxx: references and the handshake between Gateways and routes, with the Gateway API's own condition
reason; GW3xxx: advice. Errors make a command exit with 1; advice and notes do not.

Findings that are known and accepted can be [ignored](../command.md#ignoring-findings), each with a reason.
`;

function familyPage({ prefix, title, about }: Family, codes: readonly (readonly [Code, CatalogEntry])[]): string {
  const sections = codes.map(([code, entry]) => section(code, entry));
  return `${generated}\n# ${title} (${prefix})\n\n${about} [All findings](README.md).\n${sections.join("")}`;
}

function section(code: Code, { title, explanation, fix, reason }: CatalogEntry): string {
  const standard = reason === undefined ? "" : `\nCondition reason: \`${reason}\`\n`;
  return `\n<a id="${anchor(code)}"></a>\n## ${code}: ${title}\n\n${explanation}\n${standard}\nTo fix it: ${fix}\n`;
}

function anchor(code: Code): string {
  return code.toLowerCase();
}
