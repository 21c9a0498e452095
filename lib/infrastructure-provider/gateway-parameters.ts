import type { Late, ParametersReference } from "../api/index.ts";
import { type GatewayParametersSpec, parametersGroup } from "../api/kinds/gateway-parameters.ts";
import { Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";
import type { Persona } from "../constructs/persona.ts";

/** A GatewayParameters, of this program or of another: what stands for `parametersRef`. */
export interface IGatewayParameters {
  readonly kind: "GatewayParameters";
  readonly name: Late<string>;
  /** Absent: the namespace of whoever refers to it, which a class does not have. */
  readonly namespace?: Late<string>;
}

/** The settings of proxies. */
export interface GatewayParametersProps extends GatewayParametersSpec, ManifestProps {}

const gatewayParameters: ManifestKind = {
  apiVersion: "gatewright.dev/v1alpha1",
  kind: "GatewayParameters",
  scope: "Namespaced",
  personas: ["InfrastructureProvider", "ClusterOperator"],
};

/**
 * Settings of the proxies that Gatewright's controller makes: for all Gateways of a class, or for one. The cluster needs
 * its CRD, which `GatewrightProxy` installs.
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

  /** Settings that somebody else declares, by their name. A class needs the namespace as well. */
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

/** The plain reference that an object or a plain one stands for. */
export function parametersRefTo(parameters: ParametersReference | IGatewayParameters): ParametersReference {
  if (!isGatewayParameters(parameters)) return parameters;
  const { kind, name, namespace } = parameters;
  return { group: parametersGroup, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The same from an object of the same namespace, where a reference names none. */
export function localParametersRefTo<Plain>(
  parameters: Plain | IGatewayParameters,
): Plain | { readonly group: string; readonly kind: string; readonly name: Late<string> } {
  if (!isGatewayParameters(parameters)) return parameters;
  return { group: parametersGroup, kind: parameters.kind, name: parameters.name };
}

/** A plain reference says its group; an object of any copy of this package has none. */
function isGatewayParameters(value: unknown): value is IGatewayParameters {
  return (
    value !== null &&
    typeof value === "object" &&
    (value as Partial<IGatewayParameters>).kind === "GatewayParameters" &&
    !("group" in value)
  );
}
