/**
 * `node supervisor.ts NAME PARTS` runs the parts of a cluster in namespaces of its own, which end with it. Its keeper
 * starts it, sends it the socket to which kubectl connects, and gets a message when the cluster is ready.
 */
import type { Server } from "node:net";
import { ApiClient } from "./api-client.ts";
import { type Command, listenForCommands } from "./control.ts";
import { answerNames } from "./dns.ts";
import { forwardToApiServer } from "./forwarder.ts";
import { makeIdentities } from "./identities.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { balanceLoad } from "./loadbalancer.ts";
import { network } from "./network.ts";
import { Part, type PartDescription } from "./part.ts";
import { apiServer } from "./parts/apiserver.ts";
import { containerd, ctr } from "./parts/containerd.ts";
import type { PartContext } from "./parts/context.ts";
import { controllerManager } from "./parts/controller-manager.ts";
import { etcd } from "./parts/etcd.ts";
import { kubeProxy } from "./parts/kube-proxy.ts";
import { kubelet } from "./parts/kubelet.ts";
import { scheduler } from "./parts/scheduler.ts";
import { until } from "./run.ts";
import { prepareSandbox } from "./sandbox.ts";
import type { Ingredients } from "./start.ts";
import { State } from "./state.ts";

/** A message to the keeper. */
export type Told = { readonly wants: "socket" } | { readonly ready: true } | { readonly failed: string };

const [name = "", ingredients = ""] = process.argv.slice(2);
const state = new State(name);
const tell = (message: Told): void => void process.send?.(message);

// The keeper has ended, for any reason.
process.on("disconnect", () => process.exit(1));

try {
  await start(JSON.parse(ingredients) as Ingredients);
  tell({ ready: true });
} catch (error) {
  tell({ failed: error instanceof Error ? error.message : String(error) });
}

async function start({ programs, images }: Ingredients): Promise<void> {
  await prepareSandbox(state);
  const identities = makeIdentities(state);
  const api = new ApiClient(identities.admin);
  const outside = await socketFromKeeper();
  state.write("kubeconfig", kubeconfig({ ...identities.admin, server: `https://127.0.0.1:${outside.port}` }));
  state.write("kubeconfig-in-network", kubeconfig(identities.admin));
  const context: PartContext = { state, programs, identities, api };
  const parts = new Map<string, Part>();
  const run = (describe: (context: PartContext) => PartDescription): Promise<void> => {
    const part = new Part(describe(context), state);
    parts.set(part.name, part);
    return part.start();
  };

  const runtime = run(containerd).then(() => load(images));
  await run(etcd);
  await run(apiServer);
  forwardToApiServer(outside.server);
  void balanceLoad(api);
  answerNames(api);
  await Promise.all([run(controllerManager), run(scheduler), run(kubeProxy), runtime.then(() => run(kubelet))]);
  await until("A ready node", () => isNodeReady(api), 60_000);
  listenForCommands(state.controlSocket, (command) => carryOut(parts, command));
}

/** Receives the keeper's socket and its port outside. */
function socketFromKeeper(): Promise<{ readonly server: Server; readonly port: number }> {
  return new Promise((resolve) => {
    process.once("message", (port, handle) => resolve({ server: handle as Server, port: Number(port) }));
    tell({ wants: "socket" });
  });
}

async function load(images: readonly string[]): Promise<void> {
  for (const image of images) {
    const { code, stderr } = await ctr(["image", "import", image]);
    if (code !== 0) throw new Error(`The image ${image} cannot be imported: ${stderr.trim()}`);
  }
}

interface Node {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function isNodeReady(api: ApiClient): Promise<boolean> {
  const { status, body } = await api.call("GET", `/api/v1/nodes/${network.nodeName}`);
  const conditions = (body as Node).status?.conditions ?? [];
  return status === 200 && conditions.some((condition) => condition.type === "Ready" && condition.status === "True");
}

async function carryOut(parts: ReadonlyMap<string, Part>, { action, part: wanted }: Command): Promise<void> {
  const part = parts.get(wanted);
  if (part === undefined) throw new Error(`There is no part ${wanted}: ${[...parts.keys()].join(", ")}`);
  await part[action]();
}
