import type { RoutingCode } from "../findings-catalog.ts";
import type { RoutingObjects } from "../objects.ts";
import type { AttachOptions } from "./attachment.ts";
import type { Problem } from "./condition.ts";

interface ParametersReference {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/**
 * What is wrong with the `parametersRef` of a GatewayClass or of a Gateway in `namespace`, as far as it can be known.
 * ConfigMaps and Secrets are looked up. What other kinds mean only the controller of the class knows: when we are one
 * among known controllers (`controllerNames`) that is nothing, else it is taken on trust.
 */
export function parametersProblem(
  ref: ParametersReference | undefined,
  namespace: string | undefined,
  objects: RoutingObjects,
  options: AttachOptions,
  code: RoutingCode,
  field: string,
): Problem | undefined {
  if (ref === undefined) return undefined;
  const { group, kind, name } = ref;
  const given = `${group === "" ? "" : `${group}/`}${kind} ${name}`;
  if (group !== "" || (kind !== "ConfigMap" && kind !== "Secret")) {
    if (options.controllerNames === undefined) return undefined;
    const message = `The controller reads no parameters of kind ${group === "" ? kind : `${group}/${kind}`}.`;
    return { code, field: `${field}.kind`, message, given, allowed: "ConfigMap or Secret" };
  }
  const place = ref.namespace ?? namespace;
  if (place === undefined) {
    const message = `A ${kind} lives in a namespace, and none is named.`;
    return { code, field: `${field}.namespace`, message, given };
  }
  const known = kind === "ConfigMap" ? objects.configMaps : objects.secrets;
  if (known.has(`${place}/${name}`) || options.undeclared === "exists") return undefined;
  return { code, field: `${field}.name`, message: `${kind} ${place}/${name} does not exist.`, given };
}
