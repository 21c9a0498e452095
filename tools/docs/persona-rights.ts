import type { PersonaName } from "../../lib/api/declared/declared.ts";
import { rulesOf } from "../../lib/infrastructure-provider/access/rules.ts";
import { ruleCells } from "./rule-cells.ts";

const begin =
  "<!-- Rights, written by `npm run docs` from lib/infrastructure-provider/access/rules.ts: change that. -->";
const end = "<!-- End of rights. -->";

const personas: readonly PersonaName[] = ["ApplicationDeveloper", "ClusterOperator", "InfrastructureProvider"];

/** Updates the tables of rights in docs/personas.md from the rules. Throws if the page lacks their markers. */
export function withPersonaRights(page: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error("docs/personas.md has no place for the tables of rights any more");
  return `${page.slice(0, from)}${begin}\n${personas.map(section).join("")}\n${page.slice(to)}`;
}

function section(persona: PersonaName): string {
  const { inNamespace, inCluster } = rulesOf(persona, "NAMESPACE");
  const rows = [
    ...inNamespace.map((rule) => `| its namespace ${ruleCells(rule)}`),
    ...inCluster.map((rule) => `| cluster ${ruleCells(rule)}`),
  ];
  return `\n### ${persona}\n\n| where | API group | kinds | verbs | why |\n|---|---|---|---|---|\n${rows.join("")}`;
}
