/** `npm run cluster:build`: has every part of a cluster, so that a later start is a matter of seconds. */
import { say } from "./rig/progress.ts";
import { obtainIngredients } from "./rig/start.ts";

await obtainIngredients();
say("all parts are there");
