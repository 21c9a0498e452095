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

/** What all connections of a proxy share. */
export interface Shared {
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  readonly stats: Stats;
  /** Of requests. */
  readonly parsers: ParserPool;
  readonly http2: Http2Shared;
  readonly mirrors: Mirrors;
  readonly admission: Admission;
  /** Whose connections begin with a PROXY header. Absent: nobody's. */
  readonly expectsHeader: ExpectsHeader | undefined;
  /** Absent: requests are counted, and nothing more. */
  readonly observer: Observer | undefined;
  /** What requests are told to their backends with. */
  readonly forwarding: Forwarding;
  /** What is done about header fields whose names have an underscore. */
  readonly headerUnderscores: HeaderUnderscores;
  /** Protocols that requests may upgrade to, in lower case. */
  readonly upgrades: readonly string[];
  /** Ports are bound so that other threads can listen on them as well. */
  readonly sharePorts: boolean;
}
