import { gatewayCrdNames } from "../../api/load/crd-version.ts";

/** A rule of a Role (rbac.authorization.k8s.io/v1), and the reason why the controller needs it. */
export interface ReasonedRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
  /** For the documentation. It is not part of the manifest. */
  readonly reason: string;
}

/** Returns the rule in the form of the manifest. */
export function withoutReason({ reason: _, ...rule }: ReasonedRule): Readonly<Record<string, unknown>> {
  return rule;
}

const gatewayApi = "gateway.networking.k8s.io";
const routes = ["httproutes", "grpcroutes", "tlsroutes", "tcproutes", "udproutes"];

/** The controller's rights in the whole cluster. They are minimal. */
export const clusterRules: readonly ReasonedRule[] = [
  {
    apiGroups: [gatewayApi],
    resources: ["gatewayclasses", "gateways", "listenersets", ...routes, "referencegrants", "backendtlspolicies"],
    verbs: ["list", "watch"],
    reason: "What it enforces.",
  },
  {
    apiGroups: [gatewayApi],
    resources: [
      "gatewayclasses/status",
      "gateways/status",
      "listenersets/status",
      ...routes.map((route) => `${route}/status`),
      "backendtlspolicies/status",
    ],
    verbs: ["patch"],
    reason: "Conditions, addresses, attached routes.",
  },
  {
    apiGroups: [gatewayApi],
    resources: ["gateways/finalizers"],
    verbs: ["update"],
    reason: "What it makes for a Gateway is owned by it; clusters that enforce permissions on owners ask for this.",
  },
  {
    apiGroups: [""],
    resources: ["services", "namespaces", "configmaps"],
    verbs: ["list", "watch"],
    reason:
      "Backends, the labels that listeners select namespaces by, certificates of authorities, settings of proxies.",
  },
  {
    apiGroups: [""],
    resources: ["secrets"],
    verbs: ["list", "watch"],
    reason:
      "Certificates: it asks for Secrets of type kubernetes.io/tls, and of type Opaque, of which it keeps certificates of authorities (ca.crt) alone.",
  },
  {
    apiGroups: ["discovery.k8s.io"],
    resources: ["endpointslices"],
    verbs: ["list", "watch"],
    reason: "The endpoints of backends.",
  },
  {
    apiGroups: ["multicluster.x-k8s.io"],
    resources: ["serviceimports"],
    verbs: ["list", "watch"],
    reason: "Backends in other clusters, where the cluster has them.",
  },
  {
    apiGroups: ["apiextensions.k8s.io"],
    resources: ["customresourcedefinitions"],
    resourceNames: gatewayCrdNames,
    verbs: ["get"],
    reason: "Which release of the Gateway API the cluster has (condition SupportedVersion of classes).",
  },
  {
    apiGroups: ["gatewright.dev"],
    resources: ["gatewayparameters"],
    verbs: ["list", "watch"],
    reason: "Settings of proxies.",
  },
  {
    apiGroups: ["apps"],
    resources: ["deployments"],
    verbs: ["list", "watch", "create", "patch", "delete"],
    reason:
      "The proxies of each Gateway, and whether they are ready. Those of a class that it had before are deleted, and those of a Gateway that has gone to another controller. To create Deployments everywhere amounts to running pods as any service account.",
  },
  {
    apiGroups: [""],
    resources: ["serviceaccounts"],
    verbs: ["list", "watch"],
    reason: "Whether somebody has changed what proxies are made of: it asks for those with its own labels.",
  },
  {
    apiGroups: [""],
    resources: ["services", "serviceaccounts", "configmaps"],
    verbs: ["create", "patch", "delete"],
    reason: "What stands before the proxies of a Gateway, who they are, and whom they trust.",
  },
  {
    apiGroups: ["policy"],
    resources: ["poddisruptionbudgets"],
    verbs: ["list", "watch", "create", "patch", "delete"],
    reason: "That not all proxies of a Gateway are evicted at once.",
  },
  {
    apiGroups: ["events.k8s.io"],
    resources: ["events"],
    verbs: ["create"],
    reason: "Why something is refused, for kubectl describe and for engines that wait.",
  },
  {
    apiGroups: ["authentication.k8s.io"],
    resources: ["tokenreviews"],
    verbs: ["create"],
    reason: "Whether a proxy is who it says it is.",
  },
];

/** The Secret that holds the certificate authority that the controllers create. */
export const authoritySecret = "gatewright-authority";

/** The Lease for the leader election of the controllers. */
export const leaseName = "gatewright-controller";

/** The controller's rights in its own namespace. */
export const namespaceRules: readonly ReasonedRule[] = [
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    verbs: ["create"],
    reason: "The Lease by which one of several controllers leads; a name cannot be given to the right to create.",
  },
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    resourceNames: [leaseName],
    verbs: ["get", "update"],
    reason: "The same.",
  },
  {
    apiGroups: [""],
    resources: ["secrets"],
    verbs: ["create"],
    reason: "The authority that signs the controllers' certificates, made by the first of them.",
  },
  {
    apiGroups: [""],
    resources: ["secrets"],
    resourceNames: [authoritySecret],
    verbs: ["get", "update"],
    reason: "The same, read and renewed.",
  },
];
