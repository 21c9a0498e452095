import type { AnyObject } from "../../api/declared/declared.ts";
import { controllerDeployment, labels, ports, selector } from "./deployment.ts";
import { parametersCrd } from "./parameters-crd.ts";
import { clusterRules, namespaceRules, withoutReason } from "./rules.ts";
import { type CompleteSettings, clusterName, completeSettings, type InstallationSettings } from "./settings.ts";

/** The name of the controller's namespaced objects. */
const name = "gatewright-controller";
const rbac = "rbac.authorization.k8s.io/v1";

/**
 * Returns the objects that run the controller: a namespace, a ServiceAccount with exactly the rights that it uses, the
 * Deployment, the Service by which proxies find the controller, a GatewayClass, and the CRD for proxy settings. The
 * CRDs of the Gateway API are separate: they belong to the cluster and have their own version and channel.
 */
export function installationObjects(settings: InstallationSettings = {}): readonly AnyObject[] {
  const complete = completeSettings(settings);
  const { namespace, controllerName, gatewayClassName } = complete;
  const account = { kind: "ServiceAccount", name, namespace };
  const own = { name, namespace, labels };
  const ofCluster = clusterName(namespace);
  return [
    parametersCrd(),
    // Pod security level `restricted`: no pod in this namespace needs privileges (Pod Security Standards).
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

/** Returns a headless Service: a proxy asks all controller replicas, and the leader answers. */
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

/** Admits only proxies to the stream port. The port for probes and metrics is open to all. */
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
