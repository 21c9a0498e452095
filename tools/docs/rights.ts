import {
  clusterRules,
  namespaceRules,
  type ReasonedRule,
} from "../../lib/infrastructure-provider/installation/rules.ts";

/** docs/rights.md: each verb that the controller is given, with its reason. */
export function rightsPage(): string {
  return `<!-- Written by \`npm run docs\` from lib/infrastructure-provider/installation/rules.ts: change that. -->

# What the controller may do

Each right that the installation gives the controller, and what it is for. Proxies have none: their service account has no role, and the only token they hold is good for asking the controller for their own Gateway's configuration.

## In the whole cluster

${table(clusterRules)}
## In its own namespace

${table(namespaceRules)}`;
}

function table(rules: readonly ReasonedRule[]): string {
  const rows = rules.map(({ apiGroups, resources, resourceNames, verbs, reason }) => {
    const group = apiGroups.map((each) => (each === "" ? "core" : each)).join(", ");
    const named = resourceNames === undefined ? "" : `, only ${resourceNames.map(code).join(", ")}`;
    return `| ${group} | ${resources.map(code).join(", ")}${named} | ${verbs.join(", ")} | ${reason} |\n`;
  });
  return `| API group | resources | verbs | why |\n|---|---|---|---|\n${rows.join("")}`;
}

function code(text: string): string {
  return `\`${text}\``;
}
