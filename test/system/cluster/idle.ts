/**
 * `npm run cluster:idle` measures controllers and the proxies of one Gateway while nothing happens, for a minute:
 * private and resident memory, and CPU.
 */
import { type Cluster, type OwnCluster, startCluster } from "./cluster.ts";
import { installChannel } from "./gateway-api-crds.ts";
import { installGatewright, removeGatewayClass } from "./installed.ts";
import { say } from "./rig/progress.ts";
import { sleep } from "./rig/run.ts";
import { Shop } from "./shop.ts";

/** Seconds of the measurement. */
const time = 60;
/** Ticks per second in which /proc counts CPU time (USER_HZ). */
const ticks = 100;

interface Container {
  readonly pod: string;
  /** The process id in the cluster's own namespace. */
  readonly pid: string;
}

interface Usage {
  readonly anonymous: number;
  readonly resident: number;
  readonly cpu: number;
}

const cluster = await startCluster();
try {
  const { own } = cluster;
  if (own === undefined)
    throw new Error("KUBECONFIG names a cluster that is not this rig's: its nodes are not to be seen");
  await installChannel(cluster, "standard");
  await installGatewright(cluster);
  const shop = new Shop(cluster, "idle");
  await shop.open();
  // Processes that have just started are not idle.
  await sleep(20_000);
  await measure(cluster, own);
  await shop.close();
  await removeGatewayClass(cluster);
} finally {
  await cluster.stop();
}

async function measure(cluster: Cluster, own: OwnCluster): Promise<void> {
  const containers = [
    ...(await containersOf(cluster, own, "gatewright-system", "gatewright-controller")),
    ...(await containersOf(cluster, own, "idle", "gatewright-proxy")),
  ];
  const before = await Promise.all(containers.map(({ pid }) => usageOf(own, pid)));
  say(`looking for ${time} s`);
  await sleep(time * 1_000);
  const after = await Promise.all(containers.map(({ pid }) => usageOf(own, pid)));
  for (const [index, { pod }] of containers.entries()) {
    const { anonymous, resident, cpu } = after[index] as Usage;
    const spent = ((cpu - (before[index] as Usage).cpu) / time) * 1_000;
    console.log(`${pod.padEnd(45)} ${anonymous} MiB its own, ${resident} MiB resident, ${spent.toFixed(1)} m CPU`);
  }
}

async function containersOf(
  { kubectl }: Cluster,
  own: OwnCluster,
  namespace: string,
  name: string,
): Promise<readonly Container[]> {
  const selector = `--selector=app.kubernetes.io/name=${name}`;
  const path = '{range .items[*]}{.metadata.name}{" "}{.status.containerStatuses[0].containerID}{"\\n"}{end}';
  const printed = await kubectl(["--namespace", namespace, "get", "pods", selector, `--output=jsonpath=${path}`]);
  const { stdout: tasks } = await own.onNode(["ctr", "--namespace", "k8s.io", "task", "list"]);
  return printed
    .trim()
    .split("\n")
    .map((line) => {
      const [pod = "", id = ""] = line.split(" ");
      const task = tasks.split("\n").find((each) => each.startsWith(id.replace("containerd://", "")));
      return { pod, pid: task?.split(/\s+/)[1] ?? "" };
    });
}

async function usageOf(own: OwnCluster, pid: string): Promise<Usage> {
  const { stdout: status } = await own.onNode(["cat", `/proc/${pid}/status`]);
  const { stdout: stat } = await own.onNode(["cat", `/proc/${pid}/stat`]);
  const mebibytes = (field: string) => Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  // The second field is a name in parentheses; utime and stime are the 14th and 15th (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    anonymous: mebibytes("RssAnon"),
    resident: mebibytes("VmRSS"),
    cpu: (Number(fields[11]) + Number(fields[12])) / ticks,
  };
}
