import { network } from "../network.ts";
import type { PartDescription } from "../part.ts";
import type { PartContext } from "./context.ts";

export function controllerManager({ programs, identities, api }: PartContext): PartDescription {
  const file = identities.file;
  return {
    name: "kube-controller-manager",
    command: [
      programs["kube-controller-manager"],
      `--kubeconfig=${file("kube-controller-manager.kubeconfig")}`,
      `--authentication-kubeconfig=${file("kube-controller-manager.kubeconfig")}`,
      `--authorization-kubeconfig=${file("kube-controller-manager.kubeconfig")}`,
      `--root-ca-file=${file("ca.crt")}`,
      `--service-account-private-key-file=${file("service-accounts.key")}`,
      "--use-service-account-credentials=true",
      `--cluster-cidr=${network.pods}`,
      "--leader-elect=false",
      // A controller manager that loses its Lease during an outage of the API server starts again and gives nodes the
      // whole grace period. This one has no Lease: it would consider the only node lost, and every pod on it not ready.
      "--node-monitor-grace-period=10m",
      "--profiling=false",
    ],
    // A Pod needs the service account that this part creates in every namespace.
    ready: async () => (await api.call("GET", "/api/v1/namespaces/default/serviceaccounts/default")).status === 200,
  };
}
