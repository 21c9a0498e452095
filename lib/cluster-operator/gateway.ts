import type { GatewayContract } from "../api/contract/contract.ts";
import { type ContractClass, contractOf } from "../api/contract/offer.ts";
import type {
  GatewayInfrastructure,
  GatewaySpec,
  LabelSelector,
  Late,
  LocalObjectReference,
  ParentReference,
} from "../api/index.ts";
import { Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";
import { classNameOf, classOffer, type IGatewayClass } from "../infrastructure-provider/gateway-class.ts";
import { type IGatewayParameters, localParametersRefTo } from "../infrastructure-provider/gateway-parameters.ts";
import type { ClusterOperator } from "./cluster-operator.ts";
import { contractedGateway, type GivenContract } from "./contracted-gateway.ts";
import { requireListener } from "./listener-names.ts";
import { parentRefTo, type RouteParent } from "./parent.ts";
import { selectRoutes } from "./route-selection.ts";

/** A Gateway, of this program or of another: what stands for an entry of `parentRefs`. */
export interface IGateway extends RouteParent {
  readonly kind: "Gateway";
}

/** The spec of a Gateway; `gatewayClassName` and `parametersRef` take objects as well. */
export interface GatewayProps extends Omit<GatewaySpec, "gatewayClassName" | "infrastructure">, ManifestProps {
  readonly gatewayClassName: Late<string> | IGatewayClass;
  /** By default what the implementation makes for the Gateway has no labels and settings of its own. */
  readonly infrastructure?: GatewayInfrastructureProps;
}

/** What is made for a Gateway; its settings are in the namespace of the Gateway. */
export interface GatewayInfrastructureProps extends Omit<GatewayInfrastructure, "parametersRef"> {
  readonly parametersRef?: LocalObjectReference | IGatewayParameters;
}

const gateway: ManifestKind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  scope: "Namespaced",
  personas: ["ClusterOperator"],
};

/** Listeners that accept traffic, and who may attach routes to them (Gateway API: Gateway). */
export class Gateway extends Manifest implements IGateway {
  readonly props: GatewayProps;

  constructor(scope: ClusterOperator, id: string, props: GatewayProps) {
    super(scope, id, gateway, props);
    this.props = props;
  }

  /**
   * A Gateway that somebody else declares, by its name. Without `namespace` it is the Gateway of that name in the
   * namespace of whoever refers to it.
   */
  static fromName(name: Late<string>, options: { readonly namespace?: Late<string> } = {}): IGateway {
    const { namespace } = options;
    const parentRef = parentRefTo("Gateway", name, namespace);
    return {
      kind: "Gateway",
      name,
      ...(namespace === undefined ? {} : { namespace }),
      parentRef,
      listener: (sectionName) => ({ ...parentRef, sectionName }),
    };
  }

  /**
   * A Gateway of another team, by the contract that they publish (`gateway.contract()`, `gatewright contract`). Routes
   * that attach to it are checked as if it were declared here. A contract that is known only later, such as the Output of
   * another stack, gives the name and namespace later; under Pulumi routes are checked against it then, elsewhere they
   * are not (a note, GW2604).
   *
   * Throws an Error if it is no contract, or one of a version that this version does not read.
   */
  static fromContract(contract: GivenContract): IGateway {
    return contractedGateway(contract);
  }

  override get kind(): "Gateway" {
    return "Gateway";
  }

  get parentRef(): ParentReference {
    return parentRefTo("Gateway", this.name, this.namespace);
  }

  listener(name: string): ParentReference {
    requireListener(this, this.props.listeners, name);
    return { ...this.parentRef, sectionName: name };
  }

  /**
   * Binds routes by their labels: every route of the same tree whose labels meet `selector` gets, at synth, a parentRef
   * to this Gateway if a listener's `allowedRoutes` admits its kind and namespace. A route that already refers to this
   * Gateway is left as it is; several Gateways may select the same routes. That a route was selected but not admitted is
   * reported as a note (GW1401).
   */
  selectRoutes(selector: LabelSelector): void {
    selectRoutes(this, this.props.listeners, selector);
  }

  /**
   * What this Gateway offers to teams that attach routes from elsewhere: listeners, kinds, namespaces, hostnames, and the
   * features of its class as far as they are known. It holds nothing secret; publish it as a file or a stack output.
   *
   * @param known `features`, names as in `status.supportedFeatures` of the class: by default those of `GatewrightProxy`
   *   for its own class, and for any other class none are told.
   */
  contract(known: ContractClass = {}): GatewayContract {
    const { name, namespace } = this;
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    return contractOf({ metadata, spec: this.toSpec() }, { ...classOffer(this.props.gatewayClassName), ...known });
  }

  override toSpec(): GatewaySpec {
    const { gatewayClassName, infrastructure, ...rest } = specOf(this.props);
    return {
      gatewayClassName: classNameOf(gatewayClassName),
      ...rest,
      ...(infrastructure !== undefined && { infrastructure: infrastructureOf(infrastructure) }),
    };
  }
}

/** In JavaScript it may be anything; the schema check reports that. */
function infrastructureOf(infrastructure: GatewayInfrastructureProps): GatewayInfrastructure {
  const { parametersRef, ...rest } = infrastructure ?? {};
  return parametersRef === undefined ? rest : { ...rest, parametersRef: localParametersRefTo(parametersRef) };
}
