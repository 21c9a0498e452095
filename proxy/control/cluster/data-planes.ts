import type { GatewayAttachment } from "../../../lib/routing/attach/attachment.ts";
import type { GatewayIR } from "../../../lib/routing/ir.ts";
import type { KeyPairs, TrustAnchors } from "../../dataplane/tls/key-pairs.ts";
import type { GatewayFacts } from "./status/facts.ts";

/** Everything that the proxies of one Gateway need; they receive nothing else. */
export interface GatewayConfiguration {
  /** `namespace/name`. */
  readonly name: string;
  readonly attachment: GatewayAttachment;
  readonly ir: GatewayIR;
  /** Key pairs of the Secrets that its own listeners and its own client certificate reference, and of no others. */
  readonly keyPairs: KeyPairs;
  /** CA certificates by which its own clients and backends are validated, and no others. */
  readonly trustAnchors: TrustAnchors;
}

/** The proxies of the Gateways in a cluster, and the objects that are made for them. */
export interface DataPlanes {
  /**
   * Sets the configuration of every Gateway of ours. While a Gateway is not accepted, the objects of its proxies stay
   * as they are, but the proxies still receive configurations: if none of its listeners is accepted, they open no port.
   *
   * @param foreign uids of Gateways that are known to belong to another controller: they need no objects of ours.
   */
  deploy(gateways: readonly GatewayConfiguration[], foreign: ReadonlySet<string>): void;
  /** Returns what is known of a Gateway's proxies now; undefined while the previous status is more reliable. */
  facts(name: string): GatewayFacts | undefined;
}
