import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { buildPrograms } from "./rig/build.ts";
import { type Action, send } from "./rig/control.ts";
import { say, telling } from "./rig/progress.ts";
import { type Outcome, outcomeOf, type RunOptions, run } from "./rig/run.ts";
import { obtainIngredients, type Started, start, stop } from "./rig/start.ts";
import { knownClusters, State } from "./rig/state.ts";

/** A Kubernetes cluster that a test may change as it likes. */
export interface Cluster {
  /** The kubeconfig of an administrator. Its server is reachable from anywhere on this machine. */
  readonly kubeconfig: string;
  /** The inside of a cluster that the rig runs itself; undefined with a KUBECONFIG of the user. */
  readonly own: OwnCluster | undefined;
  /** The kubectl in use. */
  readonly kubectlProgram: string;
  /** Runs kubectl, which must succeed, and returns what it printed. */
  kubectl(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Applies manifests server-side, as the field manager `tests`. */
  apply(yaml: string): Promise<string>;
  /** Stops the cluster if `startCluster` started it. A cluster that existed before stays. */
  stop(): Promise<void>;
}

/** The inside of a cluster. */
export interface OwnCluster {
  readonly state: State;
  /** The process id of its first process, as this machine sees it: its namespaces are at /proc/PID/ns. */
  readonly init: number;
  /** Like `kubeconfig`, for programs that run in the cluster's network. */
  readonly kubeconfigInNetwork: string;
  /** Runs a command in the network namespace, where the addresses of node, Pods and Services are reachable. */
  inNetwork(command: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Runs a command in the mount and process namespaces of the node. */
  onNode(command: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Gives an existing image another name. */
  tag(image: string, name: string): Promise<void>;
  /** Imports the archive of an image. */
  load(archive: string): Promise<void>;
  /** Kills, pauses, resumes or starts a part: kube-apiserver, etcd, kubelet, …; `start` waits until it is ready. */
  fault(action: Action, part: string): Promise<void>;
}

/** Names the cluster that a test run has started for all of its files. */
const shared = "GATEWRIGHT_TEST_CLUSTER";

/** Returns the cluster of KUBECONFIG, or the one that the test run has started, or a new one. */
export async function startCluster(): Promise<Cluster> {
  const { KUBECONFIG: given, [shared]: name } = process.env;
  if (given !== undefined && given !== "") return clusterOfUser(given);
  if (name !== undefined) return ownCluster(new State(name), async () => undefined);
  return startOwnCluster();
}

/** Returns the state of the cluster of a kubeconfig, if it is one of this rig, from `npm run cluster:up`. */
function ownClusterOf(kubeconfig: string): State | undefined {
  return knownClusters().find(({ directory }) => join(directory, "kubeconfig") === resolve(kubeconfig));
}

/** Returns why a test of the rig's own clusters is skipped: KUBECONFIG names another cluster. */
export function otherCluster(): string | false {
  const { KUBECONFIG: given } = process.env;
  if (given === undefined || given === "" || ownClusterOf(given) !== undefined) return false;
  return "KUBECONFIG names a cluster that is not this rig's";
}

async function clusterOfUser(kubeconfig: string): Promise<Cluster> {
  const stay = async () => undefined;
  const state = ownClusterOf(kubeconfig);
  return state === undefined ? clusterOf(kubeconfig, "kubectl", undefined, stay) : ownCluster(state, stay);
}

/** Starts a new cluster, even if one is running already. */
export async function startOwnCluster(): Promise<Cluster> {
  const started = await startNew(`tests-${randomBytes(4).toString("hex")}`);
  return ownCluster(started.state, () => stop(started));
}

async function startNew(name: string): Promise<Started> {
  const ingredients = await obtainIngredients();
  return telling("starting a cluster", () => start(name, ingredients));
}

/** Starts a cluster for all processes of a test run, unless KUBECONFIG names one. The returned function stops it. */
export async function startSharedCluster(): Promise<() => Promise<void>> {
  const { KUBECONFIG: given } = process.env;
  if (given !== undefined && given !== "") {
    say(`using the cluster of KUBECONFIG, ${given}`);
    return async () => undefined;
  }
  const started = await startNew(`tests-${randomBytes(4).toString("hex")}`);
  process.env[shared] = started.state.name;
  return () => telling("removing the cluster", () => stop(started));
}

async function ownCluster(state: State, end: () => Promise<void>): Promise<Cluster> {
  const init = state.living("init");
  if (init === undefined) throw new Error(`The cluster ${state.name} does not run`);
  const { kubectl } = await buildPrograms();
  const enter = (namespaces: readonly string[]) => ["nsenter", "--target", String(init), ...namespaces, "--"];
  const inNetwork: OwnCluster["inNetwork"] = (command, options) =>
    outcomeOf([...enter(["--net"]), ...command], options);
  const onNode: OwnCluster["onNode"] = (command, options) =>
    outcomeOf([...enter(["--net", "--mount", "--pid"]), ...command], options);
  const own: OwnCluster = {
    state,
    init,
    kubeconfigInNetwork: join(state.directory, "kubeconfig-in-network"),
    inNetwork,
    onNode,
    tag: async (image, name) => {
      const { code, stderr } = await onNode(["ctr", "--namespace", "k8s.io", "image", "tag", "--force", image, name]);
      if (code !== 0) throw new Error(`The image ${image} cannot be named ${name}: ${stderr.trim()}`);
    },
    load: async (archive) => {
      const { code, stderr } = await onNode(["ctr", "--namespace", "k8s.io", "image", "import", archive]);
      if (code !== 0) throw new Error(`The image ${archive} cannot be imported: ${stderr.trim()}`);
    },
    fault: (action, part) => send(state.controlSocket, { action, part }),
  };
  return clusterOf(join(state.directory, "kubeconfig"), kubectl, own, end);
}

function clusterOf(
  kubeconfig: string,
  program: string,
  own: OwnCluster | undefined,
  end: () => Promise<void>,
): Cluster {
  const kubectl: Cluster["kubectl"] = (args, options) =>
    run([program, ...args], { ...options, env: { ...options?.env, KUBECONFIG: kubeconfig } });
  const apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=tests", "--filename=-"];
  return {
    kubeconfig,
    own,
    kubectlProgram: program,
    kubectl,
    apply: (yaml) => kubectl(apply, { stdin: yaml }),
    stop: end,
  };
}
