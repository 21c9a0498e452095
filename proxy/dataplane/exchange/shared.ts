import type { ExpectsHeader } from "../connection-preamble/trusted-senders.ts";
import type { ParserPool } from "../http1/message-parser.ts";
import type { Http2Shared } from "../http2/session-options.ts";
import type { Deadlines } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";
import type { Forwarding } from "../message/forwarded.ts";
import type { HeaderUnderscores } from "../message/header-underscores.ts";
import type { Observer } from "../observe/observer.ts";
import type { Admission } from "../overload/admission.ts";
import type { Stats } from "../stats/stats.ts";
import type { Mirrors } from "./mirror.ts";

/** The state that all connections of a proxy share. */
export interface Shared {
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  readonly stats: Stats;
  /** Parsers of requests. */
  readonly parsers: ParserPool;
  readonly http2: Http2Shared;
  readonly mirrors: Mirrors;
  readonly admission: Admission;
  /** Decides whose connections begin with a PROXY header. Absent: none. */
  readonly expectsHeader: ExpectsHeader | undefined;
  /** Access log and traces. Absent: requests are only counted. */
  readonly observer: Observer | undefined;
  /** Settings of the fields that describe requests to their backends, such as X-Forwarded-For. */
  readonly forwarding: Forwarding;
  /** The treatment of header fields whose names have an underscore. */
  readonly headerUnderscores: HeaderUnderscores;
  /** Protocols to which requests may upgrade, in lower case. */
  readonly upgrades: readonly string[];
  /** Ports are bound so that other threads can listen on them too. */
  readonly sharePorts: boolean;
}
