import type { ConfigMap } from "../../api/index.ts";
import { type GatewayParametersSpec, parametersGroup } from "../../api/kinds/gateway-parameters.ts";
import { parametersKey, readParameters } from "../../api/load/read-parameters.ts";
import type { RoutingCode } from "../../findings/catalog/routing.ts";
import type { RoutingObjects } from "../objects.ts";
import type { AttachOptions } from "./attachment.ts";
import type { ConditionProblem } from "./condition.ts";
import { type ControllerProfile, isOpen } from "./controller-profile.ts";

interface ParametersReference {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** The source of a `parametersRef`: a GatewayClass, or a Gateway in this namespace, and its controller's profile. */
export interface ParametersReferrer {
  readonly profile: ControllerProfile;
  readonly namespace?: string | undefined;
  readonly code: RoutingCode;
  readonly field: string;
}

/** A resolved `parametersRef`. `parameters` is set only if the settings are declared and our controller reads them. */
export interface ResolvedParameters {
  readonly parameters?: GatewayParametersSpec;
  readonly problem?: ConditionProblem;
}

/**
 * Resolves the `parametersRef` of a GatewayClass or of a Gateway. Our own controller reads GatewayParameters, and
 * ConfigMaps with the key `parameters.yaml`. It refuses every other kind, because it would silently ignore such
 * settings. For other controllers, ConfigMaps and Secrets must exist, and objects of other kinds are opaque.
 */
export function resolveParameters(
  ref: ParametersReference | undefined,
  from: ParametersReferrer,
  objects: RoutingObjects,
  options: AttachOptions,
): ResolvedParameters {
  const resolved = follow(ref, from, objects, options);
  const image = resolved.parameters?.image;
  // Only a Gateway has a namespace; a GatewayClass has none.
  return image === undefined || from.namespace === undefined ? resolved : { problem: imageOfGateway(image, from) };
}

/**
 * Refuses an image in the settings of a Gateway. The image runs with the private keys of the Gateway's listeners, which
 * cluster operators may reference but not read. Therefore only the infrastructure provider may choose the image.
 */
function imageOfGateway(given: string, { code, field }: ParametersReferrer): ConditionProblem {
  const message = "The settings of a Gateway name an image, which only those of its class may.";
  return {
    code,
    field: `${field}.name`,
    message,
    given,
    fix: "Name the image in the settings of the class, or leave it out.",
  };
}

function follow(
  ref: ParametersReference | undefined,
  from: ParametersReferrer,
  objects: RoutingObjects,
  options: AttachOptions,
): ResolvedParameters {
  if (ref === undefined) return {};
  const reads = !isOpen(from.profile);
  const isCore = ref.group === "" && (ref.kind === "ConfigMap" || (ref.kind === "Secret" && !reads));
  const isOurs = reads && ref.group === parametersGroup && ref.kind === "GatewayParameters";
  if (!isCore && !isOurs) return reads ? { problem: wrongKind(ref, from) } : {};
  const place = ref.namespace ?? from.namespace;
  if (place === undefined) return { problem: noNamespace(ref, from) };
  const found = lookUp(objects, ref.kind, `${place}/${ref.name}`);
  if (found === undefined) {
    return options.undeclared === "exists" ? {} : { problem: missing(ref, from, place) };
  }
  if (!reads) return {};
  return found.kind === "GatewayParameters"
    ? { parameters: found.spec }
    : found.kind === "ConfigMap"
      ? ofConfigMap(found, ref, from, place)
      : {};
}

function lookUp({ gatewayParameters, configMaps, secrets }: RoutingObjects, kind: string, key: string) {
  if (kind === "GatewayParameters") return gatewayParameters.get(key)?.object;
  return (kind === "ConfigMap" ? configMaps : secrets).get(key)?.object;
}

/** Caches parsed settings per ConfigMap. Objects are immutable. */
const read = new WeakMap<ConfigMap, ReturnType<typeof readParameters>>();

function ofConfigMap(
  configMap: ConfigMap,
  ref: ParametersReference,
  { code, field }: ParametersReferrer,
  place: string,
): ResolvedParameters {
  const name = `ConfigMap ${place}/${ref.name}`;
  const text = configMap.data?.[parametersKey];
  if (text === undefined) {
    const message = `${name} has no key ${parametersKey}, which alone is read.`;
    const fix = `Put the settings under the key ${parametersKey}.`;
    return { problem: { code, field: `${field}.name`, message, allowed: parametersKey, fix } };
  }
  const known = read.get(configMap) ?? readParameters(text);
  read.set(configMap, known);
  const fault = known.findings.find(({ severity }) => severity === "error");
  if (fault === undefined) return known.spec === undefined ? {} : { parameters: known.spec };
  const at = fault.field === undefined || fault.field === "" ? "" : ` at ${fault.field}`;
  return {
    problem: {
      code,
      field: `${field}.name`,
      message: `${parametersKey} of ${name}${at}: ${fault.message}`,
      ...(fault.given !== undefined && { given: fault.given }),
      ...(fault.allowed !== undefined && { allowed: fault.allowed }),
      ...(fault.fix !== undefined && { fix: fault.fix }),
    },
  };
}

function shown({ group, kind, name }: ParametersReference): string {
  return `${group === "" ? "" : `${group}/`}${kind} ${name}`;
}

function wrongKind(ref: ParametersReference, { code, field }: ParametersReferrer): ConditionProblem {
  const kind = ref.group === "" ? ref.kind : `${ref.group}/${ref.kind}`;
  const message = `The controller reads no parameters of kind ${kind}.`;
  const allowed = `${parametersGroup}/GatewayParameters, ConfigMap`;
  return { code, field: `${field}.kind`, message, given: shown(ref), allowed };
}

function noNamespace(ref: ParametersReference, { code, field }: ParametersReferrer): ConditionProblem {
  const message = `A ${ref.kind} lives in a namespace, and none is named.`;
  return { code, field: `${field}.namespace`, message, given: shown(ref) };
}

function missing(ref: ParametersReference, { code, field }: ParametersReferrer, place: string): ConditionProblem {
  const message = `${ref.kind} ${place}/${ref.name} does not exist.`;
  const undeclared = { kind: ref.kind, name: `${place}/${ref.name}` };
  return { code, field: `${field}.name`, message, given: shown(ref), undeclared };
}
