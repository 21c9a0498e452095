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
**What this amounts to.** Whoever may create Deployments in a namespace may run a pod there that mounts any Secret and runs as any service account of it, and so has the rights of each (Kubernetes, RBAC good practices). Together with the right to list Secrets, the controller's token is worth as much as a cluster administrator's: keep its namespace to those who are that. RBAC cannot say "only Deployments of this form". What narrows it are admission policies: Pod Security Standards, with \`restricted\` on the namespaces of Gateways, which the proxies meet, or a ValidatingAdmissionPolicy for the controller's account that wants \`app.kubernetes.io/managed-by: gatewright\` and the proxy's image.

The controller itself never changes an object that it did not make ([0202](decisions/0202-objects-of-others-are-left-alone.md)).

## In its own namespace

${table(namespaceRules)}`;
}

function table(rules: readonly ReasonedRule[]): string {
  return `| API group | resources | verbs | why |\n|---|---|---|---|\n${rules.map(ruleCells).join("")}`;
}
