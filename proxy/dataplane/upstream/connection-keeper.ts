import type { ParserPool } from "../http1/message-parser.ts";
import type { Deadlines } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";
import type { UpstreamError } from "../stats/stats.ts";
import type { Endpoint } from "./backend-tls.ts";
import type { EndpointHealth } from "./health.ts";
import type { PausedResponses } from "./paused-responses.ts";

/** The owner of the connections to one endpoint. */
export interface ConnectionKeeper<Connection> extends Endpoint {
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  /** Parsers of responses. */
  readonly parsers: ParserPool;
  /** Health of the endpoint, updated by the results of requests. */
  readonly health: EndpointHealth;
  /** Responses that wait for their clients. */
  readonly paused: PausedResponses;
  /** Handles that a connection is established. */
  connected(connection: Connection): void;
  /** Takes back a connection that is free for the next request. */
  release(connection: Connection): void;
  /** Handles a failed connection attempt, after `closed`. `code` is the system's. */
  failed(error: UpstreamError, code: string | undefined): void;
  /**
   * Handles the close of a connection.
   *
   * @param connecting true if it was never established.
   */
  closed(connection: Connection, connecting: boolean): void;
  /** Handles that a connection became a tunnel: it serves no other request. */
  tunnelled(): void;
}
