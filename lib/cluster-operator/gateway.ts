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

/** A Gateway of this or another program, for use in `parentRefs`. */
export interface IGateway extends RouteParent {
  readonly kind: "Gateway";
}

/** The spec of a Gateway. `gatewayClassName` and `parametersRef` also take objects. */
export interface GatewayProps extends Omit<GatewaySpec, "gatewayClassName" | "infrastructure">, ManifestProps {
  readonly gatewayClassName: Late<string> | IGatewayClass;
  /** Labels, annotations and settings of the infrastructure that is created for the Gateway. Default: none. */
  readonly infrastructure?: GatewayInfrastructureProps;
}

/** The infrastructure that is created for a Gateway. Its settings are in the namespace of the Gateway. */
export interface GatewayInfrastructureProps extends Omit<GatewayInfrastructure, "parametersRef"> {
  readonly parametersRef?: LocalObjectReference | IGatewayParameters;
}

const gateway: ManifestKind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  scope: "Namespaced",
  personas: ["ClusterOperator"],
};

/** A Gateway: listeners that accept traffic and admit routes (Gateway API: Gateway). */
export class Gateway extends Manifest implements IGateway {
  readonly props: GatewayProps;

  constructor(scope: ClusterOperator, id: string, props: GatewayProps) {
    super(scope, id, gateway, props);
    this.props = props;
  }

  /**
   * Refers by name to a Gateway that another program declares. Without `namespace`, each route looks for the Gateway in
   * its own namespace.
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
   * Refers to a Gateway of another team by the contract that the team publishes (`gateway.contract()`, `gatewright
   * contract`). Routes that attach to it are checked as if it were declared here. A late contract, such as the Output
   * of another stack, makes name and namespace late. Pulumi then checks the routes when the contract is known; other
   * targets do not check them (note GW2604).
   *
   * Throws an Error if the value is not a contract, or has a version that this package does not read.
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
   * Binds routes by their labels. At synthesis, every route of the same tree whose labels match `selector` gets a
   * parentRef to this Gateway, if a listener's `allowedRoutes` admits its kind and namespace. A route that already
   * refers to this Gateway is not changed. Several Gateways may select the same routes. A route that is selected but
   * not admitted is reported as a note (GW1401).
   */
  selectRoutes(selector: LabelSelector): void {
    selectRoutes(this, this.props.listeners, selector);
  }

  /**
   * Returns the contract for teams that attach routes from other programs: listeners, kinds, namespaces, hostnames, and
   * the known features of the class. It contains no secrets; publish it as a file or a stack output.
   *
   * @param known the class's `features`, as in `status.supportedFeatures`. Default: the features of `GatewrightProxy`
   * for its own class, and none for other classes.
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

/** JavaScript may pass any value; the schema check reports it. */
function infrastructureOf(infrastructure: GatewayInfrastructureProps): GatewayInfrastructure {
  const { parametersRef, ...rest } = infrastructure ?? {};
  return parametersRef === undefined ? rest : { ...rest, parametersRef: localParametersRefTo(parametersRef) };
}
