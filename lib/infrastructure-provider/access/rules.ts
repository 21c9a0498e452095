import type { PersonaName } from "../../api/declared/declared.ts";
import { gatewayGroup } from "../../api/kinds/fields.ts";
import { kinds } from "../../api/kinds/kinds.ts";
import { parametersCrdName } from "../installation/parameters-crd.ts";
import { clusterRules, namespaceRules, type ReasonedRule } from "../installation/rules.ts";
import { clusterName } from "../installation/settings.ts";

/** The rights of one persona. */
export interface PersonaRules {
  /** Rights in the persona's own namespace only. */
  readonly inNamespace: readonly ReasonedRule[];
  /** Rights in the whole cluster: cluster-scoped kinds, and read access across namespaces. */
  readonly inCluster: readonly ReasonedRule[];
}

const read = ["get", "list", "watch"];
const write = [...read, "create", "update", "patch", "delete", "deletecollection"];
const change = ["get", "update", "patch", "delete"];

const gatewayKinds = kinds.filter(({ group }) => group === gatewayGroup);
const routes = gatewayKinds.filter(({ kind }) => kind.endsWith("Route")).map(({ plural }) => plural);
const crds = [...gatewayKinds.map(({ plural }) => `${plural}.${gatewayGroup}`), parametersCrdName];

/** The right to set proxies' settings: the infrastructure provider for a class, the cluster operator for a Gateway. */
const parameters: ReasonedRule = {
  apiGroups: ["gatewright.dev"],
  resources: ["gatewayparameters"],
  verbs: write,
  reason: "Settings of proxies.",
};

const gatewayApi = (resources: readonly string[], verbs: readonly string[], reason: string): ReasonedRule => ({
  apiGroups: [gatewayGroup],
  resources,
  verbs,
  reason,
});

/** The application developer (Carol) writes routes and policies, and reads the Gateways to attach to. */
const applicationDeveloper: PersonaRules = {
  inNamespace: [
    gatewayApi([...routes, "referencegrants", "backendtlspolicies"], write, "Routes, and what others may refer to."),
  ],
  inCluster: [gatewayApi(["gateways"], read, "What routes attach to, wherever it is.")],
};

/** The cluster operator (Bob) writes Gateways and ListenerSets, and reads the GatewayClasses. */
const clusterOperator: PersonaRules = {
  inNamespace: [gatewayApi(["gateways", "listenersets"], write, "Where traffic enters."), parameters],
  inCluster: [gatewayApi(["gatewayclasses"], read, "What Gateways name.")],
};

/**
 * The infrastructure provider (Alice) installs Gatewright. Kubernetes' RBAC forbids granting rights that one does not
 * hold (privilege escalation prevention), so she holds the controller's rights as well.
 */
function infrastructureProvider(namespace: string): PersonaRules {
  const rbac = "rbac.authorization.k8s.io";
  const controller = [clusterName(namespace)];
  const clusterRoles = ["clusterroles", "clusterrolebindings"];
  return {
    inNamespace: [
      { apiGroups: [""], resources: ["serviceaccounts", "services"], verbs: write, reason: "The installation." },
      { apiGroups: ["apps"], resources: ["deployments"], verbs: write, reason: "The installation." },
      { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: write, reason: "The installation." },
      { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: write, reason: "The installation." },
      { apiGroups: [rbac], resources: ["roles", "rolebindings"], verbs: write, reason: "The installation." },
      parameters,
      ...namespaceRules.map(asOfController),
    ],
    inCluster: [
      gatewayApi(["gatewayclasses"], write, "What Gateways name."),
      crd([...read, "create"], "The CRDs of the Gateway API."),
      {
        ...crd(change, "The CRDs of the Gateway API and of the settings of proxies, and no others."),
        resourceNames: crds,
      },
      { apiGroups: [""], resources: ["namespaces"], verbs: ["create"], reason: "Its namespace." },
      {
        apiGroups: [""],
        resources: ["namespaces"],
        resourceNames: [namespace],
        verbs: change,
        reason: "Its namespace.",
      },
      { apiGroups: [rbac], resources: clusterRoles, verbs: ["create"], reason: "The controller's rights." },
      {
        apiGroups: [rbac],
        resources: clusterRoles,
        resourceNames: controller,
        verbs: change,
        reason:
          "The controller's rights, and no others. Those of an installation in gatewright-system are gatewright-controller.",
      },
      ...clusterRules.map(asOfController),
    ],
  };
}

function crd(verbs: readonly string[], reason: string): ReasonedRule {
  return { apiGroups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"], verbs, reason };
}

function asOfController(rule: ReasonedRule): ReasonedRule {
  return { ...rule, reason: `Held to be granted to the controller: ${rule.reason}` };
}

/**
 * Returns the exact rights of a persona.
 *
 * @param namespace the namespace where an infrastructure provider installs Gatewright. Other personas' rights ignore
 * it.
 */
export function rulesOf(persona: PersonaName, namespace: string): PersonaRules {
  switch (persona) {
    case "ApplicationDeveloper":
      return applicationDeveloper;
    case "ClusterOperator":
      return clusterOperator;
    case "InfrastructureProvider":
      return infrastructureProvider(namespace);
  }
}
