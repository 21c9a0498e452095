import type { GatewayAttachment } from "../../../lib/routing/attach/attachment.ts";
import type { GatewayIR } from "../../../lib/routing/ir.ts";
import type { KeyPairs } from "../../dataplane/tls/key-pairs.ts";
import type { GatewayFacts } from "./status/facts.ts";

/** All that the proxies of one Gateway need, and all that they get. */
export interface GatewayConfiguration {
  /** `namespace/name`. */
  readonly name: string;
  readonly attachment: GatewayAttachment;
  readonly ir: GatewayIR;
  /** Of the Secrets that its own listeners name, and of no others. */
  readonly keyPairs: KeyPairs;
}

/** The proxies of the Gateways in a cluster, and what they are made of there. */
export interface DataPlanes {
  /** Every accepted Gateway of ours as it is to be enforced from now on; one that is not named any more is taken down. */
  deploy(gateways: readonly GatewayConfiguration[]): void;
  /** What is known of a Gateway's proxies now. */
  facts(name: string): GatewayFacts;
}
