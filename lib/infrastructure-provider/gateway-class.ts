import type { ContractClass } from "../api/contract/offer.ts";
import type { GatewayClassSpec, Late, ParametersReference } from "../api/index.ts";
import { Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";
import { type IGatewayParameters, parametersRefTo } from "./gateway-parameters.ts";
import type { InfrastructureProvider } from "./infrastructure-provider.ts";

/** A GatewayClass of this or another program, for use as `gatewayClassName`. */
export interface IGatewayClass {
  readonly kind: "GatewayClass";
  readonly name: Late<string>;
  /** The known properties of the class, which contracts include. Absent: nothing but the name is known. */
  readonly offer?: ContractClass;
}

/** The spec of a GatewayClass. GatewayClasses are cluster-scoped: they have no namespace in any scope. */
export interface GatewayClassProps extends Omit<GatewayClassSpec, "parametersRef">, ManifestProps {
  /** Settings of the controller for this class, as an object or as a plain reference. Default: none. */
  readonly parametersRef?: ParametersReference | IGatewayParameters;
}

const gatewayClass: ManifestKind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "GatewayClass",
  scope: "Cluster",
  personas: ["InfrastructureProvider"],
};

/** A class of Gateways that one controller implements (Gateway API: GatewayClass). */
export class GatewayClass extends Manifest implements IGatewayClass {
  readonly props: GatewayClassProps;

  constructor(scope: InfrastructureProvider, id: string, props: GatewayClassProps) {
    super(scope, id, gatewayClass, props);
    this.props = props;
  }

  /** Refers by name to a GatewayClass that another program installs. */
  static fromName(name: Late<string>): IGatewayClass {
    return { kind: "GatewayClass", name };
  }

  override get kind(): "GatewayClass" {
    return "GatewayClass";
  }

  get offer(): ContractClass {
    return { controllerName: this.props.controllerName };
  }

  override toSpec(): GatewayClassSpec {
    const { parametersRef, ...rest } = specOf(this.props);
    return parametersRef === undefined ? rest : { ...rest, parametersRef: parametersRefTo(parametersRef) };
  }
}

/** Returns the name of a class that is given as a name or as an object. */
export function classNameOf(gatewayClassName: Late<string> | IGatewayClass): Late<string> {
  return isGatewayClass(gatewayClassName) ? gatewayClassName.name : gatewayClassName;
}

/** Returns the known properties of a class, besides its name. */
export function classOffer(gatewayClassName: Late<string> | IGatewayClass): ContractClass {
  return (isGatewayClass(gatewayClassName) ? gatewayClassName.offer : undefined) ?? {};
}

function isGatewayClass(value: Late<string> | IGatewayClass): value is IGatewayClass {
  return value !== null && typeof value === "object" && (value as Partial<IGatewayClass>).kind === "GatewayClass";
}
