import type { Declared } from "../../api/declared/declared.ts";
import type { BackendTLSPolicy, Gateway, GatewayClass, ListenerSet } from "../../api/index.ts";
import type { GatewayParametersSpec } from "../../api/kinds/gateway-parameters.ts";
import type {
  CertificateSourceIR,
  ClientValidationIR,
  ExtensionObjectIR,
  NamespacedName,
  TargetIR,
  TlsOptionsIR,
} from "../ir.ts";
import type { RouteObject, RoutingObjects } from "../objects.ts";
import type { Condition, ConditionProblem } from "./condition.ts";
import type { ControllerProfile } from "./controller-profile.ts";

export interface AttachOptions {
  /** The controllerNames that this process acts for. Absent: every GatewayClass counts, whatever its controller. */
  readonly controllerNames?: readonly string[];
  /**
   * Decides how a reference to an object that no source declares is judged. `exists`: GatewayClasses, Services,
   * ServiceImports, Secrets and ConfigMaps are assumed to exist (the embedded proxy without --strict). `missing`: the
   * reference is the error that it would be in a cluster. A Gateway or ListenerSet that no source declares is always
   * missing.
   */
  readonly undeclared: "exists" | "missing";
  /**
   * Like `undeclared`, for Namespaces. `exists`: an undeclared Namespace is assumed to have the labels that the
   * selector of a listener or of `allowedListeners` requires. `missing`: its only label is
   * `kubernetes.io/metadata.name`. Absent: the value of `undeclared`.
   */
  readonly undeclaredNamespaces?: "exists" | "missing" | undefined;
  /** Like `undeclared`, for Secrets with a certificate and its key. Absent: the value of `undeclared`. */
  readonly undeclaredKeyPairs?: "exists" | "missing" | undefined;
  /** Like `undeclared`, for objects with CA certificates, which nothing can replace. Absent: as `undeclared`. */
  readonly undeclaredTrustAnchors?: "exists" | "missing" | undefined;
  /**
   * Secrets, as `Secret/namespace/name`, whose newest version holds no usable key pair while the last good version is
   * still in force. The fault is reported, and listeners that need the Secret are served. Absent: none.
   */
  readonly standing?: readonly string[] | undefined;
  /** Like `undeclared`, for objects that ExtensionRef filters name: their spec has no substitute. Absent: the same. */
  readonly undeclaredExtensions?: "exists" | "missing" | undefined;
  /**
   * The profile of the one controller that serves every Gateway, whatever its class. Absent: each Gateway is judged by
   * the profile of its class's controller (`profileOf`).
   */
  readonly profile?: ControllerProfile | undefined;
  /** Ports that the proxy cannot open, such as its own admin port: reason PortUnavailable. Absent: none. */
  readonly unavailablePorts?: readonly number[];
}

/** The result of all handshakes: the conditions of every object, and which routes are attached to which listeners. */
export interface Attachment {
  readonly objects: RoutingObjects;
  readonly options: AttachOptions;
  /** Keyed by name. Only classes whose controller this process acts for. */
  readonly gatewayClasses: ReadonlyMap<string, GatewayClassAttachment>;
  /** Keyed by `namespace/name`. Only Gateways whose class this process serves. */
  readonly gateways: ReadonlyMap<string, GatewayAttachment>;
  /** Keyed by `namespace/name`. Every ListenerSet except those whose Gateway belongs to another controller. */
  readonly listenerSets: ReadonlyMap<string, ListenerSetAttachment>;
  /** Every route, keyed by `kind/namespace/name`. */
  readonly routes: ReadonlyMap<string, RouteAttachment>;
  /** Every policy, keyed by `namespace/name`. */
  readonly policies: ReadonlyMap<string, PolicyAttachment>;
  /** The routes attached to each listener, oldest first, keyed by the listener's key. */
  readonly attachedRoutes: ReadonlyMap<string, readonly AttachedRoute[]>;
}

export interface GatewayClassAttachment {
  readonly declared: Declared<GatewayClass>;
  readonly accepted: boolean;
  readonly conditions: readonly Condition[];
  readonly problems: readonly ConditionProblem[];
  /** The settings from `parametersRef`. Set only if the controller is one whose settings Gatewright reads. */
  readonly parameters?: GatewayParametersSpec;
}

export interface GatewayAttachment {
  readonly declared: Declared<Gateway>;
  /** The controllerName of the Gateway's class, or Gatewright's own if no source declares the class. */
  readonly controllerName: string;
  /** The profile by which the Gateway, its ListenerSets and its routes are judged. */
  readonly profile: ControllerProfile;
  /** True if the Gateway's Accepted condition is True. Only an accepted Gateway is served. */
  readonly accepted: boolean;
  readonly conditions: readonly Condition[];
  readonly problems: readonly ConditionProblem[];
  /** The Gateway's own listeners, in the order of the spec. Listeners of ListenerSets are not among them. */
  readonly listeners: readonly ListenerAttachment[];
  /** Keys of the attached ListenerSets, in their order of precedence. */
  readonly listenerSets: readonly string[];
  /** The Secret of `spec.tls.backend.clientCertificateRef`. Absent: none is named, or it does not resolve. */
  readonly clientCertificate?: NamespacedName;
  /** The settings of the Gateway's proxies: those of its class, overridden by its own. Absent: none are readable. */
  readonly parameters?: GatewayParametersSpec;
}

export interface ListenerSetAttachment {
  readonly declared: Declared<ListenerSet>;
  /** Key of the Gateway. Absent: no source declares the Gateway, so the ListenerSet is not judged. */
  readonly gateway?: string;
  readonly controllerName?: string;
  readonly accepted: boolean;
  readonly conditions: readonly Condition[];
  readonly problems: readonly ConditionProblem[];
  /** Empty if the Gateway does not admit the ListenerSet. */
  readonly listeners: readonly ListenerAttachment[];
  /** The labels that `allowedListeners` requires of the undeclared namespace. Absent: nothing is assumed. */
  readonly assumption?: NamespaceAssumption;
}

/** An assumption that an undeclared namespace has the labels that a selector requires. */
export interface NamespaceAssumption {
  readonly namespace: string;
  /** The labels that the selector requires, in the notation of kubectl: `team=shop,!legacy`. */
  readonly wanted: string;
  /** The owner of the selector: `listener shop of Gateway edge/public`. */
  readonly selecting: string;
  /** Field of the route or ListenerSet that references the owner of the selector. */
  readonly field: string;
}

export type ListenerSpec = Gateway["spec"]["listeners"][number] | ListenerSet["spec"]["listeners"][number];

export interface ListenerAttachment {
  /** Unique key: `kind/namespace/name/listener`, after the object that declares the listener. */
  readonly key: string;
  readonly parent: NamespacedName & { readonly kind: "Gateway" | "ListenerSet" };
  /** Index in the parent's `spec.listeners`. */
  readonly index: number;
  readonly spec: ListenerSpec;
  /** True if the listener's Accepted condition is True. */
  readonly accepted: boolean;
  /** True if the listener is accepted and has every certificate that it needs. The proxy then opens its port. */
  readonly serves: boolean;
  readonly conditions: readonly Condition[];
  readonly problems: readonly ConditionProblem[];
  /** Kinds of routes that can attach. All are in the Gateway API's group. */
  readonly supportedKinds: readonly string[];
  /** The Secrets of `tls.certificateRefs` that resolved to a certificate and its key. */
  readonly certificates: readonly NamespacedName[];
  /** Client validation from `Gateway.spec.tls.frontend`. Set on HTTPS listeners only. */
  readonly clientValidation?: ClientValidationIR;
  /** The `gatewright.dev/` options of `tls.options`. Absent: the listener sets none. */
  readonly tlsOptions?: TlsOptionsIR;
}

/** A parentRef after the API's defaults are filled in. */
export interface ParentReference {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
  readonly port?: number;
}

/** The rules and references of a route as one profile judges them. */
export interface RouteReading {
  readonly profile: ControllerProfile;
  /** One entry for each rule. False if the rule is dropped because the controller cannot honour it. */
  readonly validRules: readonly boolean[];
  /** The resolved backend references, keyed by field, such as `spec.rules[0].backendRefs[1]`. */
  readonly targets: ReadonlyMap<string, ResolvedTarget>;
  /** The resolved ExtensionRefs, keyed by field, such as `spec.rules[0].filters[1].extensionRef`. */
  readonly extensions: ReadonlyMap<string, ExtensionObjectIR>;
}

export interface RouteAttachment {
  readonly declared: Declared<RouteObject>;
  /** `kind/namespace/name`. */
  readonly key: string;
  /** `namespace/name`. */
  readonly name: string;
  /** Creation time in milliseconds since 1970. Older routes come first; a route without a creation time comes last. */
  readonly created: number;
  /** One entry for each parentRef, in order, then one for each default Gateway that claims the route (GEP-3793). */
  readonly parents: readonly ParentAttachment[];
  /** One entry for each profile among the route's parents, complete profiles first. Never empty. See `readingOf`. */
  readonly readings: readonly [RouteReading, ...RouteReading[]];
  /** Problems of rules and references under any of the profiles. */
  readonly problems: readonly ConditionProblem[];
}

export interface ParentAttachment {
  readonly parentRef: ParentReference;
  /** The parentRef's field, such as `spec.parentRefs[0]`. `spec.useDefaultGateways` for a default Gateway. */
  readonly field: string;
  /**
   * `judged`: this process serves the parent and has judged the handshake. `undeclared`: no source declares a parent of
   * this name. `foreign`: another controller is responsible for the parent, or the parent is neither a Gateway nor a
   * ListenerSet (a Service is the parent of a service mesh's routes, GEP-1294).
   */
  readonly outcome: "judged" | "undeclared" | "foreign";
  readonly controllerName?: string;
  /** `namespace/name` of the Gateway behind the parent. */
  readonly gateway?: string;
  readonly accepted: boolean;
  /** Empty unless the outcome is `judged`. */
  readonly conditions: readonly Condition[];
  readonly problems: readonly ConditionProblem[];
  /** The listeners that the route is attached to through this parent. Empty unless `accepted`. */
  readonly listeners: readonly AttachedListener[];
  /** Assumptions about the route's undeclared namespace under which listeners admit the route. */
  readonly assumptions: readonly NamespaceAssumption[];
}

export interface AttachedListener {
  readonly listener: ListenerAttachment;
  /** Empty for TCPRoutes and UDPRoutes, which have no hostnames. */
  readonly hostnames: readonly EffectiveHostname[];
  /**
   * The labels that the listener's selector requires, in the notation of kubectl, assumed for the route's undeclared
   * namespace. Absent: nothing is assumed.
   */
  readonly assumedLabels?: string;
}

export interface AttachedRoute {
  readonly route: RouteAttachment;
  readonly hostnames: readonly EffectiveHostname[];
}

/** One hostname under which a route is reachable through a listener. `*` means every host. */
export interface EffectiveHostname {
  readonly hostname: string;
  /** The hostname in the route's spec that this effective hostname comes from. */
  readonly routeHostname: string;
}

/** A resolved reference. `backend` is set once the object and its port are found, even if the target is refused. */
export interface ResolvedTarget {
  readonly target: TargetIR;
  readonly backend?: ResolvedBackend;
}

export interface ResolvedBackend {
  readonly kind: "Service" | "ServiceImport";
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** The port's name, by which EndpointSlices identify it. Absent: no source declares the object. */
  readonly portName?: string;
  readonly protocol: "http1" | "h2c" | "ws";
  /** The BackendTLSPolicy that governs the port, accepted or not. Absent: none does. */
  readonly policy?: PolicyVerdict;
}

/** The judgement of a BackendTLSPolicy under one profile, independent of its ancestors. */
export interface PolicyVerdict {
  readonly declared: Declared<BackendTLSPolicy>;
  readonly accepted: boolean;
  /** The conditions are the same for every ancestor. */
  readonly conditions: readonly Condition[];
  readonly problems: readonly ConditionProblem[];
  readonly trust: "System" | readonly CertificateSourceIR[];
  /** Trust anchors that only the controller of the class can resolve, by name. */
  readonly opaqueTrust: readonly string[];
}

export interface PolicyAttachment extends PolicyVerdict {
  /** The Gateways whose routes reach a Service that the policy targets, at most 16. */
  readonly ancestors: readonly {
    readonly gateway: NamespacedName;
    readonly controllerName: string;
    /** The conditions under the profile of this Gateway. */
    readonly conditions: readonly Condition[];
  }[];
}
