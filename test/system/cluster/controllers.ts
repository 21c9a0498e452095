import type { Cluster, OwnCluster } from "./cluster.ts";
import { until } from "./rig/run.ts";

const inNamespace = ["--namespace", "gatewright-system"];

/** Returns the pod that holds the Lease; "" if none does. */
export async function leader({ kubectl }: Cluster): Promise<string> {
  const path = "--output=jsonpath={.spec.holderIdentity}";
  const holder = await kubectl([...inNamespace, "get", "lease/gatewright-controller", "--ignore-not-found", path]);
  return holder.split("_")[0] ?? "";
}

/** Waits until an existing pod leads. */
export async function led(cluster: Cluster): Promise<string> {
  let found = "";
  const isThere = async (): Promise<boolean> => {
    found = await leader(cluster);
    const name = found === "" ? "" : await nameOf(cluster, found);
    return name !== "";
  };
  await until("A controller that leads", isThere, 60_000, 500);
  return found;
}

async function nameOf({ kubectl }: Cluster, pod: string): Promise<string> {
  return kubectl([...inNamespace, "get", `pod/${pod}`, "--ignore-not-found", "--output=name"]);
}

/** Sends SIGKILL to the process of a pod's only container. */
export async function killProcess(cluster: Cluster, own: OwnCluster, namespace: string, pod: string): Promise<void> {
  const path = "--output=jsonpath={.status.containerStatuses[0].containerID}";
  const id = (await cluster.kubectl(["--namespace", namespace, "get", `pod/${pod}`, path])).replace(
    "containerd://",
    "",
  );
  const kill = ["ctr", "--namespace", "k8s.io", "task", "kill", "--signal", "SIGKILL", id];
  const { code, stderr } = await own.onNode(kill);
  if (code !== 0) throw new Error(`The process of ${namespace}/${pod} could not be killed: ${stderr}`);
}
