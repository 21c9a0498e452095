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
import type { Condition, Problem } from "./condition.ts";
import type { ControllerProfile } from "./controller-profile.ts";

export interface AttachOptions {
  /** Controllers that this one plays. Absent: the controller of every class. */
  readonly controllerNames?: readonly string[];
  /**
   * What an object is that a reference names and no source declares. `exists`: classes, Services, ServiceImports,
   * Secrets and ConfigMaps are taken to be there (the embedded proxy without --strict). `missing`: they are the errors
   * that they would be in a cluster. A Gateway or ListenerSet that no source declares is always missing.
   */
  readonly undeclared: "exists" | "missing";
  /**
   * The same for Namespaces. `exists`: one that no source declares is taken to have the labels that a selector of a
   * listener or of `allowedListeners` asks for. `missing`: it has no labels but `kubernetes.io/metadata.name`. Absent: as
   * `undeclared`.
   */
  readonly undeclaredNamespaces?: "exists" | "missing" | undefined;
  /** The same for Secrets with a certificate and its key. Absent: as `undeclared`. */
  readonly undeclaredKeyPairs?: "exists" | "missing" | undefined;
  /** The same for objects with CA certificates, which nothing can stand in for. Absent: as `undeclared`. */
  readonly undeclaredTrustAnchors?: "exists" | "missing" | undefined;
  /**
   * Secrets, as `Secret/namespace/name`, whose newest version holds no key pair that can be used, while the last one
   * that did is in force: the fault is told, and what needs them is served. Absent: none.
   */
  readonly standing?: readonly string[] | undefined;
  /** The same for the objects that ExtensionRef filters name, whose spec nothing can stand in for. Absent: as `undeclared`. */
  readonly undeclaredExtensions?: "exists" | "missing" | undefined;
  /**
   * The profile of the one controller that serves every Gateway that is judged, whatever its class. Absent: each Gateway
   * is judged by what is known of the controller of its class (`profileOf`).
   */
  readonly profile?: ControllerProfile | undefined;
  /** Ports that the proxy cannot open, such as its own admin port: PortUnavailable. Absent: none. */
  readonly unavailablePorts?: readonly number[];
}

/** What came of the handshakes: for every object its conditions, and what is attached to what. */
export interface Attachment {
  readonly objects: RoutingObjects;
  readonly options: AttachOptions;
  /** By name; only classes of our controllers. */
  readonly gatewayClasses: ReadonlyMap<string, GatewayClassAttachment>;
  /** By `namespace/name`; only Gateways of our classes. */
  readonly gateways: ReadonlyMap<string, GatewayAttachment>;
  /** By `namespace/name`; every ListenerSet but those whose Gateway is another controller's. */
  readonly listenerSets: ReadonlyMap<string, ListenerSetAttachment>;
  /** By `kind/namespace/name`; every route. */
  readonly routes: ReadonlyMap<string, RouteAttachment>;
  /** By `namespace/name`; every policy. */
  readonly policies: ReadonlyMap<string, PolicyAttachment>;
  /** By the listener's key: the routes attached to it, oldest first. */
  readonly attachedRoutes: ReadonlyMap<string, readonly AttachedRoute[]>;
}

export interface GatewayClassAttachment {
  readonly declared: Declared<GatewayClass>;
  readonly accepted: boolean;
  readonly conditions: readonly Condition[];
  readonly problems: readonly Problem[];
  /** What its `parametersRef` leads to, of a controller whose settings we read. */
  readonly parameters?: GatewayParametersSpec;
}

export interface GatewayAttachment {
  readonly declared: Declared<Gateway>;
  /** Of its class; for a class that no source declares, a name of this project's. */
  readonly controllerName: string;
  /** The profile by which it, its ListenerSets and its routes are judged. */
  readonly profile: ControllerProfile;
  /** Its Accepted condition is True: the Gateway is served. */
  readonly accepted: boolean;
  readonly conditions: readonly Condition[];
  readonly problems: readonly Problem[];
  /** Its own, in the order of the spec. */
  readonly listeners: readonly ListenerAttachment[];
  /** Keys of the ListenerSets that are attached, in their order of precedence. */
  readonly listenerSets: readonly string[];
  /** The Secret of `spec.tls.backend.clientCertificateRef`, when it resolved. */
  readonly clientCertificate?: NamespacedName;
  /** The settings of its proxies: those of its class, with its own over them. Absent: neither names any that are read. */
  readonly parameters?: GatewayParametersSpec;
}

export interface ListenerSetAttachment {
  readonly declared: Declared<ListenerSet>;
  /** Absent: no source declares its Gateway, and nothing else is known. */
  readonly gateway?: string;
  readonly controllerName?: string;
  readonly accepted: boolean;
  readonly conditions: readonly Condition[];
  readonly problems: readonly Problem[];
  /** Empty when its Gateway does not admit it. */
  readonly listeners: readonly ListenerAttachment[];
  /** What `allowedListeners` of the Gateway asks of its namespace, which no source declares. Absent: nothing is assumed. */
  readonly assumption?: NamespaceAssumption;
}

/** A namespace that no source declares, taken to have the labels that a selector asks for. */
export interface NamespaceAssumption {
  readonly namespace: string;
  /** What the selector asks for, in the notation of kubectl: `team=shop,!legacy`. */
  readonly wanted: string;
  /** What has the selector: `listener shop of Gateway edge/public`. */
  readonly selecting: string;
  /** Field of the route or ListenerSet that leads there. */
  readonly field: string;
}

export type ListenerSpec = Gateway["spec"]["listeners"][number] | ListenerSet["spec"]["listeners"][number];

export interface ListenerAttachment {
  /** `kind/namespace/name/listener` of the object that brings it: unique. */
  readonly key: string;
  readonly parent: NamespacedName & { readonly kind: "Gateway" | "ListenerSet" };
  /** Place in the parent's `spec.listeners`. */
  readonly index: number;
  readonly spec: ListenerSpec;
  /** Its Accepted condition is True. */
  readonly accepted: boolean;
  /** Accepted, and with every certificate that it cannot do without: its port is opened. */
  readonly serves: boolean;
  readonly conditions: readonly Condition[];
  readonly problems: readonly Problem[];
  /** Kinds of route that can attach, all of the Gateway API's group. */
  readonly supportedKinds: readonly string[];
  /** Secrets with a certificate and key, those of `tls.certificateRefs` that resolved. */
  readonly certificates: readonly NamespacedName[];
  /** Of `Gateway.spec.tls.frontend`, on HTTPS listeners. */
  readonly clientValidation?: ClientValidationIR;
  /** Of `tls.options`. Absent: none of ours. */
  readonly tlsOptions?: TlsOptionsIR;
}

/** A parentRef as the API has it after defaulting. */
export interface ParentReference {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
  readonly port?: number;
}

/** What the rules of a route and their references come to under one profile. */
export interface RouteReading {
  readonly profile: ControllerProfile;
  /** One for each rule: false if it is dropped because the controller cannot honour it. */
  readonly validRules: readonly boolean[];
  /** What each reference to a backend came to, by its field, such as `spec.rules[0].backendRefs[1]`. */
  readonly targets: ReadonlyMap<string, ResolvedTarget>;
  /** What each ExtensionRef came to, by its field, such as `spec.rules[0].filters[1].extensionRef`. */
  readonly extensions: ReadonlyMap<string, ExtensionObjectIR>;
}

export interface RouteAttachment {
  readonly declared: Declared<RouteObject>;
  /** `kind/namespace/name`. */
  readonly key: string;
  /** `namespace/name`. */
  readonly name: string;
  /** Milliseconds since 1970; beyond all times if the route has no creation time. Older routes come first. */
  readonly created: number;
  /** One for each parentRef, in order; then one for each default Gateway that claims the route (GEP-3793). */
  readonly parents: readonly ParentAttachment[];
  /** One for each profile among its parents, complete profiles first; never empty. See `readingOf`. */
  readonly readings: readonly [RouteReading, ...RouteReading[]];
  /** About rules and references, under whichever profile. */
  readonly problems: readonly Problem[];
}

export interface ParentAttachment {
  readonly parentRef: ParentReference;
  /** `spec.parentRefs[0]`; `spec.useDefaultGateways` for a default Gateway. */
  readonly field: string;
  /**
   * `judged`: the parent is ours and has given its answer. `undeclared`: no source declares a parent of this name, so
   * nobody can answer. `foreign`: another controller answers for it, or its kind takes no routes here (a Service is a
   * service mesh's, GEP-1294).
   */
  readonly outcome: "judged" | "undeclared" | "foreign";
  readonly controllerName?: string;
  /** `namespace/name` of the Gateway behind the parent. */
  readonly gateway?: string;
  readonly accepted: boolean;
  /** Empty unless judged. */
  readonly conditions: readonly Condition[];
  readonly problems: readonly Problem[];
  /** The listeners it is attached to. Empty unless accepted. */
  readonly listeners: readonly AttachedListener[];
  /** What the listeners that it passes ask of the route's namespace, where no source declares that. */
  readonly assumptions: readonly NamespaceAssumption[];
}

export interface AttachedListener {
  readonly listener: ListenerAttachment;
  /** Empty for routes without hostnames of any sense (TCPRoute, UDPRoute). */
  readonly hostnames: readonly EffectiveHostname[];
  /**
   * What the listener's selector asks of the labels of the route's namespace, which no source declares, in the notation of
   * kubectl. Absent: nothing is assumed.
   */
  readonly assumedLabels?: string;
}

export interface AttachedRoute {
  readonly route: RouteAttachment;
  readonly hostnames: readonly EffectiveHostname[];
}

/** One hostname under which a route is reachable through a listener; `*` is every host. */
export interface EffectiveHostname {
  readonly hostname: string;
  /** The route's own hostname that it came from. */
  readonly routeHostname: string;
}

/** A target and, as soon as object and port are found, what is known of the backend, refused or not. */
export interface ResolvedTarget {
  readonly target: TargetIR;
  readonly backend?: ResolvedBackend;
}

export interface ResolvedBackend {
  readonly kind: "Service" | "ServiceImport";
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** The name of that port, by which EndpointSlices know it. Absent: the object is not declared. */
  readonly portName?: string;
  readonly protocol: "http1" | "h2c" | "ws";
  /** The BackendTLSPolicy in force. */
  readonly policy?: PolicyVerdict;
}

/** What a BackendTLSPolicy comes to under one profile, whoever its ancestors are. */
export interface PolicyVerdict {
  readonly declared: Declared<BackendTLSPolicy>;
  readonly accepted: boolean;
  /** For every ancestor the same. */
  readonly conditions: readonly Condition[];
  readonly problems: readonly Problem[];
  readonly trust: "System" | readonly CertificateSourceIR[];
  /** Trust anchors that only the controller of the class can find, by name. */
  readonly opaqueTrust: readonly string[];
}

export interface PolicyAttachment extends PolicyVerdict {
  /** The Gateways whose routes reach a Service that it governs, at most 16. */
  readonly ancestors: readonly {
    readonly gateway: NamespacedName;
    readonly controllerName: string;
    /** As its Gateway's profile has them. */
    readonly conditions: readonly Condition[];
  }[];
}
