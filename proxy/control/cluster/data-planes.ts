import type { GatewayAttachment } from "../../../lib/routing/attach/attachment.ts";
import type { GatewayIR } from "../../../lib/routing/ir.ts";
import type { KeyPairs, TrustAnchors } from "../../dataplane/tls/key-pairs.ts";
import type { GatewayFacts } from "./status/facts.ts";

/** All that the proxies of one Gateway need, and all that they get. */
export interface GatewayConfiguration {
  /** `namespace/name`. */
  readonly name: string;
  readonly attachment: GatewayAttachment;
  readonly ir: GatewayIR;
  /** Of the Secrets that its own listeners and its own client certificate name, and of no others. */
  readonly keyPairs: KeyPairs;
  /** Of the objects that its own clients and backends are validated with, and of no others. */
  readonly trustAnchors: TrustAnchors;
}

/** The proxies of the Gateways in a cluster, and what they are made of there. */
export interface DataPlanes {
  /**
   * Every Gateway of ours as it is to be enforced from now on. What its proxies are made of stays as it is while it is
   * not accepted; what they are sent does not: if none of its listeners is accepted, they open no port.
   *
   * @param foreign uids of Gateways that are certainly another controller's: what they have of ours is of no use to them.
   */
  deploy(gateways: readonly GatewayConfiguration[], foreign: ReadonlySet<string>): void;
  /** What is known of a Gateway's proxies now; undefined as long as what was told of them before is better known. */
  facts(name: string): GatewayFacts | undefined;
}
