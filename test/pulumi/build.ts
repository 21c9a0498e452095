/** `npm run pulumi:build`: has Pulumi's command, so that a test of it starts at once. */
import { buildProgram } from "../cluster/rig/build.ts";
import { say } from "../cluster/rig/progress.ts";
import { pulumiCommand } from "../cluster/rig/versions.ts";

await buildProgram(pulumiCommand);
say("Pulumi's command is there");
