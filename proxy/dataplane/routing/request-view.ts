import { MatchWork, type RequestHead } from "../../../lib/routing/match.ts";
import { normalizeHost, normalizePath, parseTarget, type TargetRefusal } from "../../../lib/routing/normalize.ts";
import type { Head } from "../message/head.ts";
import { HOST } from "../message/header-names.ts";
import type { LocalResponse } from "../message/local-response.ts";

const SLASH = "/";

/** A client's connection, of which only its own address counts here. */
interface LocalHost {
  /** The address that the client has connected to, as in `Downstream.localHost`. */
  readonly localHost?: string;
}

/** A request as routing sees it, over the bytes of its head. One serves all requests of a connection. */
export class RequestView implements RequestHead {
  method = "";
  host = "";
  path = "";
  query = "";
  /**
   * The Host to forward in place of the field: that of a target in absolute-form, which overrides the field (RFC 9112
   * section 3.2.2), or the address that an HTTP/1.0 request without the field came to.
   */
  authority: string | undefined;
  /** What it has taken to match the request. */
  readonly work = new MatchWork();
  #head: Head | undefined;
  /** Requests on a connection mostly name the same host. */
  #lastHost: string | undefined;
  #lastNormalized = "";

  /**
   * Takes a head in; it must not change while `header` is used.
   *
   * @param connection tells the address that the client has connected to.
   */
  read(head: Head, method: string, connection: LocalHost): LocalResponse | undefined {
    this.#head = head;
    this.method = method;
    this.authority = undefined;
    this.work.reset();
    const target = head.target;
    // Of a request that is refused, the log tells the target; of the one before it, nothing.
    this.host = "";
    this.path = target;
    this.query = "";
    if (!target.startsWith(SLASH)) return this.#readOther(head, target, connection);
    const normalized = normalizePath(target);
    if (normalized.refused !== undefined) return refusedAnswer(normalized);
    this.path = normalized.path;
    this.query = normalized.query;
    return this.#readHost(head, connection);
  }

  header(name: string): string | undefined {
    return this.#head?.header(name);
  }

  /** Absolute-form, or the asterisk of OPTIONS. */
  #readOther(head: Head, raw: string, connection: LocalHost): LocalResponse | undefined {
    const target = parseTarget(this.method, raw);
    if (target.refused !== undefined) return refusedAnswer(target);
    this.path = target.path;
    this.query = target.query;
    const wrong = this.#readHost(head, connection);
    if (wrong !== undefined || target.host === undefined) return wrong;
    this.host = target.host;
    this.authority = target.port === undefined ? target.host : `${target.host}:${target.port}`;
    return undefined;
  }

  #readHost(head: Head, connection: LocalHost): LocalResponse | undefined {
    if (!head.has(HOST)) {
      this.host = connection.localHost ?? "";
      this.authority = this.host;
      return undefined;
    }
    const raw = head.first(HOST);
    if (raw !== this.#lastHost) {
      const normalized = normalizeHost(raw);
      if (normalized.refused !== undefined) return refusedAnswer(normalized);
      this.#lastHost = raw;
      this.#lastNormalized = normalized.host;
    }
    this.host = this.#lastNormalized;
    return undefined;
  }
}

function refusedAnswer({ refused, message }: TargetRefusal): LocalResponse {
  return { status: 400, reason: refused, message, closes: true };
}
