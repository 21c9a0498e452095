import type { Admission } from "./admission.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Forwarding } from "./forwarded.ts";
import type { HeaderUnderscores } from "./header-underscores.ts";
import type { ParserPool } from "./http1/message-parser.ts";
import type { Http2Shared } from "./http2/session-options.ts";
import type { Limits } from "./limits.ts";
import type { Mirrors } from "./mirror.ts";
import type { Observer } from "./observe/observer.ts";
import type { ExpectsHeader } from "./opening/trusted-senders.ts";
import type { Stats } from "./stats.ts";

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
