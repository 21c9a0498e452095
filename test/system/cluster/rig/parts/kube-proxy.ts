import { network } from "../network.ts";
import type { PartDescription } from "../part.ts";
import { answersWell, type PartContext } from "./context.ts";

export function kubeProxy({ programs, identities }: PartContext): PartDescription {
  return {
    name: "kube-proxy",
    command: [
      programs["kube-proxy"],
      `--kubeconfig=${identities.file("kube-proxy.kubeconfig")}`,
      `--hostname-override=${network.nodeName}`,
      `--cluster-cidr=${network.pods}`,
      "--proxy-mode=nftables",
      // The connection table belongs to the whole machine, so the cluster must not set its limits.
      "--conntrack-max-per-core=0",
      "--conntrack-min=0",
      "--conntrack-tcp-timeout-established=0",
      "--conntrack-tcp-timeout-close-wait=0",
      "--conntrack-udp-timeout=0",
      "--conntrack-udp-timeout-stream=0",
      "--nodeport-addresses=primary",
    ],
    ready: () => answersWell("http://127.0.0.1:10256/healthz"),
  };
}
