import {
  clusterRules,
  namespaceRules,
  type ReasonedRule,
} from "../../lib/infrastructure-provider/installation/rules.ts";
import { ruleCells } from "./rule-cells.ts";

/** Returns docs/rights.md: each verb that the controller is granted, with its reason. */
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
  return `| API group | resources | verbs | why |\n|---|---|---|---|\n${rules.map(ruleCells).join("")}`;
}
