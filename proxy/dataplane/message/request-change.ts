import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import type { Peer, RequestMarks } from "./forwarded.ts";

/** The changes that the proxy makes to the head of a request before it sends it to a backend. */
export interface RequestChange {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** The Host to send in place of the one received; undefined keeps it. */
  readonly host: string | undefined;
  /** The header modifiers of the rule and of the backend, in the order in which they apply. */
  readonly modifiers: readonly HeaderModifierIR[];
  readonly peer: Peer;
  /** The fields that the proxy itself adds, such as the request id. */
  readonly marks: RequestMarks;
  /** The proxy forwards the client's expectation of 100-continue. */
  readonly keepExpect: boolean;
  /** The protocols to offer to the backend, or empty. */
  readonly upgrade: string;
}
