import type { ReasonedRule } from "../../lib/infrastructure-provider/installation/rules.ts";

/** Returns the cells of a rule in a Markdown table: API group, resources, verbs, reason. */
export function ruleCells({ apiGroups, resources, resourceNames, verbs, reason }: ReasonedRule): string {
  const group = apiGroups.map((each) => (each === "" ? "core" : each)).join(", ");
  const named = resourceNames === undefined ? "" : `, only ${list(resourceNames)}`;
  return `| ${group} | ${list(resources)}${named} | ${verbs.join(", ")} | ${reason} |\n`;
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
