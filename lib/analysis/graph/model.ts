import type { Loaded } from "../../api/load/load.ts";

/** The topology that a set of sources declares, from GatewayClasses to backends, as plain data. */
export interface Topology {
  readonly nodes: readonly TopologyNode[];
  /** Edges point downstream, in the direction of requests. */
  readonly edges: readonly TopologyEdge[];
}

export interface TopologyNode {
  /** Unique: `kind/namespace/name`, followed by the listener name or port if the node is a part of an object. */
  readonly id: string;
  /** The API's kind, `group/Kind` for a backend of an unknown kind, or `Listener` for a listener. */
  readonly kind: string;
  /** `namespace/name`, with the port for a backend. Classes and listeners have a name only. */
  readonly name: string;
  /** Additional lines of text, such as protocol and port. */
  readonly details: readonly string[];
  /** False if the object occurs only in references. */
  readonly declared: boolean;
  /** A fault of the node itself, if no edge shows it. */
  readonly fault?: TopologyFault;
}

export interface TopologyEdge {
  readonly from: string;
  readonly to: string;
  /** Descriptions of the traffic along the edge, such as `rules[0] 90 %`. */
  readonly labels: readonly string[];
  /** Absent if the edge is in order. */
  readonly fault?: TopologyFault;
}

export interface TopologyFault {
  /** `open`: the edge is in order if undeclared objects exist elsewhere, or depending on late values. */
  readonly state: "broken" | "open";
  /** The fault depends on a value that is known only at deployment. */
  readonly isLate?: true;
  /** The condition reason of the Gateway API, verbatim, if the API defines one. */
  readonly reason?: string;
  /** Sentences that describe the fault and its fix. */
  readonly message: string;
}

export interface TopologyOptions {
  /** If true, undeclared objects count as missing. If false or absent, faults that depend on them are open. */
  readonly strict?: boolean;
  /** Contracts whose stand-in Gateways are among the objects. Faults of these are not shown. Default: none. */
  readonly contracts?: Loaded["contracts"];
  /** The late values of the sources. Faults that depend on them are open. Default: none. */
  readonly late?: Loaded["late"];
}
