import type { AnyObject } from "../../api/declared/declared.ts";
import { controllerDeployment, labels, ports, selector } from "./deployment.ts";
import { parametersCrd } from "./parameters-crd.ts";
import { clusterRules, namespaceRules, withoutReason } from "./rules.ts";
import { type CompleteSettings, clusterName, completeSettings, type InstallationSettings } from "./settings.ts";

/** The name of everything that the controller is made of in its namespace. */
const name = "gatewright-controller";
const rbac = "rbac.authorization.k8s.io/v1";

/**
 * All that runs the controller, which makes the proxies: a namespace, a service account with exactly the rights that it
 * uses, the controllers, what proxies find them by, a GatewayClass, and the CRD of the settings of proxies. The CRDs of the
 * Gateway API are apart: they are the cluster's, with a version and a channel of their own.
 */
export function installationObjects(settings: InstallationSettings = {}): readonly AnyObject[] {
  const complete = completeSettings(settings);
  const { namespace, controllerName, gatewayClassName } = complete;
  const account = { kind: "ServiceAccount", name, namespace };
  const own = { name, namespace, labels };
  const ofCluster = clusterName(namespace);
  return [
    parametersCrd(),
    // Restricted: nothing that runs here needs a privilege (Pod Security Standards).
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { ...labels, "pod-security.kubernetes.io/enforce": "restricted" } },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: own },
    {
      apiVersion: rbac,
      kind: "ClusterRole",
      metadata: { name: ofCluster, labels },
      rules: clusterRules.map(withoutReason),
    },
    {
      apiVersion: rbac,
      kind: "ClusterRoleBinding",
      metadata: { name: ofCluster, labels },
      roleRef: roleRef("ClusterRole", ofCluster),
      subjects: [account],
    },
    { apiVersion: rbac, kind: "Role", metadata: own, rules: namespaceRules.map(withoutReason) },
    { apiVersion: rbac, kind: "RoleBinding", metadata: own, roleRef: roleRef("Role", name), subjects: [account] },
    service(complete),
    controllerDeployment(name, complete),
    ...(complete.replicas > 1 ? [disruptionBudget(complete)] : []),
    networkPolicy(complete),
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "GatewayClass",
      metadata: { name: gatewayClassName, labels },
      spec: { controllerName },
    },
  ];
}

function roleRef(kind: "ClusterRole" | "Role", name: string) {
  return { apiGroup: "rbac.authorization.k8s.io", kind, name };
}

/** Headless: a proxy asks for all controllers, of which the one that leads answers. */
function service({ namespace }: CompleteSettings): AnyObject {
  const spec = {
    clusterIP: "None",
    selector,
    ports: [{ name: "stream", port: ports.stream, targetPort: "stream", protocol: "TCP" }],
  };
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace, labels }, spec };
}

function disruptionBudget({ namespace }: CompleteSettings): AnyObject {
  const spec = { maxUnavailable: 1, selector: { matchLabels: selector } };
  return { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name, namespace, labels }, spec };
}

/** Only proxies reach the stream; probes and metrics come from anywhere. */
function networkPolicy({ namespace }: CompleteSettings): AnyObject {
  const proxies = {
    namespaceSelector: {},
    podSelector: { matchLabels: { "app.kubernetes.io/name": "gatewright-proxy" } },
  };
  const spec = {
    podSelector: { matchLabels: selector },
    policyTypes: ["Ingress"],
    ingress: [
      { from: [proxies], ports: [{ port: ports.stream, protocol: "TCP" }] },
      { ports: [{ port: ports.admin, protocol: "TCP" }] },
    ],
  };
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name, namespace, labels }, spec };
}
