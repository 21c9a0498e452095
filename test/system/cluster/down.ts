/** `npm run cluster:down` stops the cluster of `npm run cluster:up` and removes everything that it created. */
import { developersCluster } from "./developer.ts";
import { locked } from "./rig/cache.ts";
import { say } from "./rig/progress.ts";
import { until } from "./rig/run.ts";
import { State } from "./rig/state.ts";
import { sweep } from "./rig/teardown.ts";

const keeper = new State(developersCluster).living("keeper");
if (keeper === undefined) {
  say("none runs");
} else {
  process.kill(keeper, "SIGTERM");
  await until(
    "The end of the cluster",
    async () => new State(developersCluster).living("keeper") === undefined,
    60_000,
  );
  say("ended");
}
// The remains of a killed cluster are removed too.
await locked("run", sweep);
