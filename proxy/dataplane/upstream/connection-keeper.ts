import type { ParserPool } from "../http1/message-parser.ts";
import type { Deadlines } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";
import type { UpstreamError } from "../stats/stats.ts";
import type { Endpoint } from "./backend-tls.ts";
import type { EndpointHealth } from "./health.ts";
import type { PausedResponses } from "./paused-responses.ts";

/** Who keeps the connections to one endpoint. */
export interface ConnectionKeeper<Connection> extends Endpoint {
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  /** Of responses. */
  readonly parsers: ParserPool;
  /** Is told what requests show of the endpoint. */
  readonly health: EndpointHealth;
  /** Is told which responses wait for their clients. */
  readonly paused: PausedResponses;
  /** The connection is established. */
  connected(connection: Connection): void;
  /** The connection is free for the next request. */
  release(connection: Connection): void;
  /** A connection could not be established; `closed` came first. `code` is the system's. */
  failed(error: UpstreamError, code: string | undefined): void;
  /** @param connecting it never was established. */
  closed(connection: Connection, connecting: boolean): void;
  /** The connection is a tunnel now: it serves no other request. */
  tunnelled(): void;
}
