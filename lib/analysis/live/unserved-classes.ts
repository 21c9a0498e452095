import type { AnyObject } from "../../api/declared/declared.ts";
import type { Gateway, GatewayClass } from "../../api/index.ts";
import { ownControllerName } from "../../api/kinds/own-controller.ts";
import type { Loaded } from "../../api/load/load.ts";
import { liveCodes } from "../../findings/catalog/live.ts";
import type { Finding } from "../../findings/finding.ts";
import { referenceOf } from "../../routing/attach/findings.ts";
import type { LiveCluster } from "./cluster.ts";

/**
 * Reports Gateways whose class no controller serves (GW2704). A controller is present if some class that names it is
 * accepted, or if the sources install it.
 */
export function unservedClasses(cluster: LiveCluster, together: Loaded, own: Loaded): Finding[] {
  if (cluster.forbidden.includes("GatewayClass")) return [];
  const present = new Set(cluster.declared.flatMap(({ object }) => acceptedController(object) ?? []));
  const classes = new Map(
    together.objects.flatMap(({ object }): [string, GatewayClass][] =>
      object.kind === "GatewayClass" ? [[object.metadata.name, object]] : [],
    ),
  );
  return own.objects.flatMap(({ object, origin }) => {
    if (object.kind !== "Gateway") return [];
    const name = String((object as Gateway).spec.gatewayClassName);
    const controller = classes.get(name)?.spec.controllerName;
    if (controller === undefined || present.has(controller) || installs(own, controller)) return [];
    return [
      {
        code: "GW2704" as const,
        severity: "error" as const,
        message: `No class of controller ${controller} is accepted in the cluster: nobody answers for class ${name}.`,
        object: referenceOf(object),
        origin,
        field: "spec.gatewayClassName",
        given: name,
        allowed: allowedWords([...classes.values()], present),
        fix: liveCodes.GW2704.fix,
      },
    ];
  });
}

function allowedWords(classes: readonly GatewayClass[], present: ReadonlySet<string>): string {
  const served = classes.filter(({ spec }) => present.has(spec.controllerName)).map(({ metadata }) => metadata.name);
  return served.join(", ") || "no class is served in this cluster";
}

function acceptedController({ kind, spec, status }: AnyObject): string | undefined {
  if (kind !== "GatewayClass") return undefined;
  const { conditions = [] } = (status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  const accepted = conditions.some((condition) => condition.type === "Accepted" && condition.status === "True");
  return accepted ? (spec as GatewayClass["spec"]).controllerName : undefined;
}

/** Gatewright's controller has a Deployment with this label, which names the controller unless it is the default. */
function installs({ authored }: Loaded, controller: string): boolean {
  return authored.some(({ object: { kind, metadata, spec } }) => {
    if (kind !== "Deployment" || metadata.labels?.["app.kubernetes.io/name"] !== "gatewright-controller") return false;
    return controller === ownControllerName || JSON.stringify(spec).includes(JSON.stringify(controller).slice(1, -1));
  });
}
