import type { PersonaName } from "../../api/declared/declared.ts";
import { gatewayGroup } from "../../api/kinds/fields.ts";
import { kinds } from "../../api/kinds/kinds.ts";
import { parametersCrdName } from "../installation/parameters-crd.ts";
import { clusterRules, namespaceRules, type ReasonedRule } from "../installation/rules.ts";
import { clusterName } from "../installation/settings.ts";

/** What one persona may do. */
export interface PersonaRules {
  /** In the namespace that the persona was given, and in no other. */
  readonly inNamespace: readonly ReasonedRule[];
  /** In the whole cluster: cluster-scoped kinds, and what is read across namespaces. */
  readonly inCluster: readonly ReasonedRule[];
}

const read = ["get", "list", "watch"];
const write = [...read, "create", "update", "patch", "delete", "deletecollection"];
const change = ["get", "update", "patch", "delete"];

const gatewayKinds = kinds.filter(({ group }) => group === gatewayGroup);
const routes = gatewayKinds.filter(({ kind }) => kind.endsWith("Route")).map(({ plural }) => plural);
const crds = [...gatewayKinds.map(({ plural }) => `${plural}.${gatewayGroup}`), parametersCrdName];

/** The settings of proxies: Alice's for a class, Bob's for a Gateway. */
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

/** Carol writes what traffic of hers does, and sees what she attaches to. */
const applicationDeveloper: PersonaRules = {
  inNamespace: [
    gatewayApi([...routes, "referencegrants", "backendtlspolicies"], write, "Routes, and what others may refer to."),
  ],
  inCluster: [gatewayApi(["gateways"], read, "What routes attach to, wherever it is.")],
};

/** Bob opens ports, and sees which classes there are. */
const clusterOperator: PersonaRules = {
  inNamespace: [gatewayApi(["gateways", "listenersets"], write, "Where traffic enters."), parameters],
  inCluster: [gatewayApi(["gatewayclasses"], read, "What Gateways name.")],
};

/**
 * Alice installs. Kubernetes lets nobody grant rights that they do not hold (RBAC's prevention of escalation), so that
 * she holds those of the controller as well.
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
 * Exactly what a persona may do.
 *
 * @param namespace of an infrastructure provider: where Gatewright is installed. For the others it makes no difference.
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
