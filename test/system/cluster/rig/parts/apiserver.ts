import { network } from "../network.ts";
import type { PartDescription } from "../part.ts";
import type { PartContext } from "./context.ts";
import { etcdServers } from "./etcd.ts";

export function apiServer({ programs, identities, api }: PartContext): PartDescription {
  const file = identities.file;
  return {
    name: "kube-apiserver",
    command: [
      programs["kube-apiserver"],
      `--etcd-servers=${etcdServers}`,
      `--bind-address=${network.node}`,
      `--advertise-address=${network.node}`,
      `--secure-port=${network.apiPort}`,
      `--service-cluster-ip-range=${network.services}`,
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      "--allow-privileged=true",
      `--client-ca-file=${file("ca.crt")}`,
      `--tls-cert-file=${file("kube-apiserver.crt")}`,
      `--tls-private-key-file=${file("kube-apiserver.key")}`,
      `--kubelet-certificate-authority=${file("ca.crt")}`,
      `--kubelet-client-certificate=${file("kube-apiserver-kubelet-client.crt")}`,
      `--kubelet-client-key=${file("kube-apiserver-kubelet-client.key")}`,
      // No DNS knows the node's name, so logs and exec reach the kubelet by its address.
      "--kubelet-preferred-address-types=InternalIP",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${file("service-accounts.pub")}`,
      `--service-account-signing-key-file=${file("service-accounts.key")}`,
      "--profiling=false",
    ],
    ready: async () => (await api.call("GET", "/readyz")).status === 200,
  };
}
