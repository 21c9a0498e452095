/** `npm run cluster:up` starts a cluster that runs until `npm run cluster:down`, and prints how to use it. */
import { join } from "node:path";
import { developersCluster } from "./developer.ts";
import { say } from "./rig/progress.ts";
import { obtainIngredients, start } from "./rig/start.ts";
import { State } from "./rig/state.ts";

const state = new State(developersCluster);
if (state.living("keeper") === undefined) {
  const ingredients = await obtainIngredients();
  say("starting …");
  const { keeper } = await start(developersCluster, ingredients, { kept: true });
  keeper.unref();
  (keeper.stdout as unknown as { unref(): void }).unref();
} else {
  say("it runs already");
}

const init = state.living("init");
console.log(`
The cluster runs until npm run cluster:down.

  export KUBECONFIG=${join(state.directory, "kubeconfig")}
  kubectl get nodes

The addresses of its Pods and Services are reached from its own network:

  nsenter --target ${init} --net curl http://10.200.1.1/

The logs of its parts are in ${join(state.directory, "logs")}.
With that KUBECONFIG, npm run test:cluster uses this cluster.`);
