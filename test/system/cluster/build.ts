/** `npm run cluster:build`: has every part of a cluster and the conformance suite, so that a later start takes seconds. */
import { conformanceSuite } from "../conformance/suite.ts";
import { say } from "./rig/progress.ts";
import { obtainIngredients } from "./rig/start.ts";

await obtainIngredients();
await conformanceSuite();
say("all parts are there");
