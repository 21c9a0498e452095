import { stringify } from "yaml";
import { network } from "../network.ts";
import type { PartDescription } from "../part.ts";
import { containerdSocket } from "./containerd.ts";
import { answersWell, type PartContext } from "./context.ts";

export function kubelet({ state, programs, identities }: PartContext): PartDescription {
  const file = identities.file;
  const config = state.write(
    "kubelet.yaml",
    stringify({
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      address: network.node,
      authentication: { anonymous: { enabled: false }, x509: { clientCAFile: file("ca.crt") } },
      authorization: { mode: "Webhook" },
      tlsCertFile: file("kubelet-server.crt"),
      tlsPrivateKeyFile: file("kubelet-server.key"),
      containerRuntimeEndpoint: `unix://${containerdSocket}`,
      podLogsDir: "/var/log/pods",
      // The cluster's DNS server resolves Services only.
      clusterDNS: [network.node],
      clusterDomain: "cluster.local",
      resolvConf: "",
      // Both versions of control groups work, below a group that teardown removes, without limits on the node itself.
      failCgroupV1: false,
      cgroupDriver: "cgroupfs",
      cgroupRoot: `/${state.controlGroup}`,
      enforceNodeAllocatable: [],
      failSwapOn: false,
      makeIPTablesUtilChains: false,
      // Images are imported and cannot be pulled again, so none is deleted on a full disk.
      imageGCHighThresholdPercent: 100,
      imageGCLowThresholdPercent: 99,
      evictionHard: {
        "memory.available": "0%",
        "nodefs.available": "0%",
        "imagefs.available": "0%",
        "nodefs.inodesFree": "0%",
      },
      serializeImagePulls: false,
      registryPullQPS: 0,
      eventRecordQPS: 0,
      kubeAPIQPS: 100,
      kubeAPIBurst: 200,
    }),
  );
  return {
    name: "kubelet",
    command: [
      programs.kubelet,
      `--config=${config}`,
      `--kubeconfig=${file("kubelet.kubeconfig")}`,
      `--root-dir=${state.file("kubelet")}`,
      `--hostname-override=${network.nodeName}`,
      `--node-ip=${network.node}`,
    ],
    ready: () => answersWell("http://127.0.0.1:10248/healthz"),
  };
}
