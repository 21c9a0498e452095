/** `npm run pulumi:build` builds Pulumi's command and its Kubernetes provider, so that tests start at once. */
import { buildProgram } from "../cluster/rig/build.ts";
import { say } from "../cluster/rig/progress.ts";
import { pulumiCommand, pulumiKubernetesProvider } from "../cluster/rig/versions.ts";

await buildProgram(pulumiCommand);
await buildProgram(pulumiKubernetesProvider);
say("Pulumi's command and its Kubernetes provider are built");
