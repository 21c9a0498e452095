import { network } from "../network.ts";
import { cniPlugins, searchPath } from "../packages.ts";
import type { PartDescription } from "../part.ts";
import { outcomeOf } from "../run.ts";
import type { State } from "../state.ts";
import type { PartContext } from "./context.ts";

/** The socket is in the cluster's own /run. */
export const containerdSocket = "/run/containerd/containerd.sock";

/** The name of the image of every Pod's first container. */
export const pauseImage = "gatewright.test/pause:1";

export function containerd({ state }: PartContext): PartDescription {
  state.write("cni/10-bridge.conflist", JSON.stringify(bridge, undefined, 2));
  const config = state.write("containerd.toml", configOf(state));
  return {
    name: "containerd",
    command: ["containerd", `--config=${config}`],
    ready: async () => (await ctr(["version"])).code === 0,
  };
}

/** Calls containerd, in the namespace that the kubelet uses. */
export function ctr(args: readonly string[]) {
  const command = ["ctr", "--address", containerdSocket, "--namespace", "k8s.io", ...args];
  return outcomeOf(command, { env: { PATH: searchPath } });
}

const configOf = (state: State): string => `version = 2
root = ${JSON.stringify(state.file("containerd"))}
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp",
]

[grpc]
  address = "${containerdSocket}"

[plugins."io.containerd.internal.v1.opt"]
  path = ${JSON.stringify(state.file("opt"))}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  disable_apparmor = true
  # Root without CAP_SYS_RESOURCE, as inside a container, cannot make a process less likely to be ended than itself.
  restrict_oom_score_adj = true

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${cniPlugins}"
  conf_dir = ${JSON.stringify(state.file("cni"))}

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
`;

/** Every Pod gets an address on one bridge, which is also the Pods' gateway. */
const bridge = {
  cniVersion: "0.4.0",
  name: "bridge",
  plugins: [
    {
      type: "bridge",
      bridge: network.bridge,
      isGateway: true,
      hairpinMode: true,
      ipam: {
        type: "host-local",
        ranges: [[{ subnet: network.pods, gateway: network.podGateway }]],
        routes: [{ dst: "0.0.0.0/0" }],
        dataDir: "/run/cni",
      },
    },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
};
