import type { Loaded } from "../../api/load/load.ts";

/** What a picture of a set of sources shows, from the classes to the backends: plain data. */
export interface Topology {
  readonly nodes: readonly TopologyNode[];
  /** Each from a node to one further along the way of traffic. */
  readonly edges: readonly TopologyEdge[];
}

export interface TopologyNode {
  /** Unique: `kind/namespace/name`, and what it is a part of that with: a listener's name, a port. */
  readonly id: string;
  /** As the API names it; `group/Kind` for a backend of a kind that is not known; `Listener` for a part of an object. */
  readonly kind: string;
  /** `namespace/name`, of a backend with its port; of a class and of a listener the name alone. */
  readonly name: string;
  /** Lines of further words, such as protocol and port. */
  readonly details: readonly string[];
  /** False: only references tell of it. */
  readonly declared: boolean;
  /** What is wrong with it that no edge shows. */
  readonly fault?: TopologyFault;
}

export interface TopologyEdge {
  readonly from: string;
  readonly to: string;
  /** What goes along it, such as `rules[0] 90 %`. */
  readonly labels: readonly string[];
  /** Absent: it holds. */
  readonly fault?: TopologyFault;
}

export interface TopologyFault {
  /** `open`: it may hold if what no source declares is declared elsewhere, or once late values are known. */
  readonly state: "broken" | "open";
  /** It depends on a value that becomes known only at deployment. */
  readonly isLate?: true;
  /** The Gateway API's condition reason, verbatim, where the standard has one. */
  readonly reason?: string;
  /** What is wrong and how to fix it, in sentences. */
  readonly message: string;
}

export interface TopologyOptions {
  /** Whether what no source declares is missing. Absent or false: what depends on it is open, as for `check`. */
  readonly strict?: boolean;
  /** Contracts whose Gateways are among the objects: what is wrong with those is another team's. By default none. */
  readonly contracts?: Loaded["contracts"];
  /** The late values of the sources: a fault that depends on one is open. By default there are none. */
  readonly late?: Loaded["late"];
}
