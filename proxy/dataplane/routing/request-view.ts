import { MatchWork, type RequestHead } from "../../../lib/routing/match.ts";
import { normalizeHost, normalizePath, parseTarget, type TargetRefusal } from "../../../lib/routing/normalize.ts";
import type { Head } from "../message/head.ts";
import { HOST } from "../message/header-names.ts";
import type { LocalResponse } from "../message/local-response.ts";

const SLASH = "/";

/** A client's connection; only the local address is needed here. */
interface LocalHost {
  /** The address that the client has connected to, as in `Downstream.localHost`. */
  readonly localHost?: string;
}

/** A view of a request for routing, over the bytes of its head. One view serves all requests of a connection. */
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
  /** Work done to match the request. */
  readonly work = new MatchWork();
  #head: Head | undefined;
  /** Host of the previous request, since requests on a connection mostly name the same. */
  #lastHost: string | undefined;
  #lastNormalized = "";

  /**
   * Reads a head; it must not change while `header` is used.
   *
   * @param connection has the address that the client has connected to.
   */
  read(head: Head, method: string, connection: LocalHost): LocalResponse | undefined {
    this.#head = head;
    this.method = method;
    this.authority = undefined;
    this.work.reset();
    const target = head.target;
    // The access log shows the target even of a refused request, and nothing of the request before it.
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

  /** Reads a target in absolute-form, or the asterisk of OPTIONS. */
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
