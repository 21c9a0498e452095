/**
 * `npm run cluster:build` builds all parts of a cluster and the conformance suite, so that later starts take seconds.
 */
import { conformanceSuite } from "../conformance/suite.ts";
import { say } from "./rig/progress.ts";
import { obtainIngredients } from "./rig/start.ts";

await obtainIngredients();
await conformanceSuite();
say("all parts are there");
