import type { Late, ParametersReference } from "../api/index.ts";
import { type GatewayParametersSpec, parametersGroup } from "../api/kinds/gateway-parameters.ts";
import { Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";
import type { Persona } from "../constructs/persona.ts";

/** A GatewayParameters object of this or another program, for use as `parametersRef`. */
export interface IGatewayParameters {
  readonly kind: "GatewayParameters";
  readonly name: Late<string>;
  /** Absent: the namespace of the referring Gateway. A reference from a GatewayClass needs a namespace. */
  readonly namespace?: Late<string>;
}

/** The settings of proxies, as the spec of a GatewayParameters object. */
export interface GatewayParametersProps extends GatewayParametersSpec, ManifestProps {}

const gatewayParameters: ManifestKind = {
  apiVersion: "gatewright.dev/v1alpha1",
  kind: "GatewayParameters",
  scope: "Namespaced",
  personas: ["InfrastructureProvider", "ClusterOperator"],
};

/**
 * Settings of the proxies that Gatewright's controller creates, for all Gateways of a class or for one Gateway. The
 * cluster needs the CRD, which `GatewrightProxy` installs.
 *
 * ```ts
 * const three = new GatewayParameters(this, "three", { replicas: 3 });
 * new Gateway(this, "acme-external", { gatewayClassName, infrastructure: { parametersRef: three }, listeners });
 * ```
 */
export class GatewayParameters extends Manifest implements IGatewayParameters {
  readonly props: GatewayParametersProps;

  constructor(scope: Persona<"InfrastructureProvider" | "ClusterOperator">, id: string, props: GatewayParametersProps) {
    super(scope, id, gatewayParameters, props);
    this.props = props;
  }

  /** Refers by name to settings that another program declares. A class needs the namespace as well. */
  static fromName(name: Late<string>, options: { readonly namespace?: Late<string> } = {}): IGatewayParameters {
    const { namespace } = options;
    return { kind: "GatewayParameters", name, ...(namespace === undefined ? {} : { namespace }) };
  }

  override get kind(): "GatewayParameters" {
    return "GatewayParameters";
  }

  override toSpec(): GatewayParametersSpec {
    return specOf(this.props);
  }
}

/** Returns the plain reference for a GatewayParameters object. A plain reference is returned as it is. */
export function parametersRefTo(parameters: ParametersReference | IGatewayParameters): ParametersReference {
  if (!isGatewayParameters(parameters)) return parameters;
  const { kind, name, namespace } = parameters;
  return { group: parametersGroup, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Like `parametersRefTo`, for a reference within a namespace, which has no namespace field. */
export function localParametersRefTo<Plain>(
  parameters: Plain | IGatewayParameters,
): Plain | { readonly group: string; readonly kind: string; readonly name: Late<string> } {
  if (!isGatewayParameters(parameters)) return parameters;
  return { group: parametersGroup, kind: parameters.kind, name: parameters.name };
}

/** Distinguishes an object, possibly of another copy of this package, from a plain reference, which has a group. */
function isGatewayParameters(value: unknown): value is IGatewayParameters {
  return (
    value !== null &&
    typeof value === "object" &&
    (value as Partial<IGatewayParameters>).kind === "GatewayParameters" &&
    !("group" in value)
  );
}
