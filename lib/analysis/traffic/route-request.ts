import type { Candidate, GatewayIndex, HostRouting, PortIndex, RequestHead } from "../../routing/index/model.ts";
import { listenerOf, MatchWork, match, maxMatchSteps, routingOf } from "../../routing/match.ts";
import { normalizeHost, parseTarget, type RequestTarget } from "../../routing/normalize.ts";
import { isAliasOfProxyField, separatorOf } from "../../routing/rewrite/headers.ts";
import { checkHops } from "../../routing/rewrite/hop-limit.ts";
import { fullName } from "./describe.ts";
import type { RoutedGateway } from "./model.ts";

/** A request as a client would write it. */
export interface SimulatedRequest {
  /**
   * An absolute URL with scheme `http` or `https`, such as `http://acme.io/store`; its port selects the listener. If
   * the headers contain `host`, a path such as `/store` is allowed too. The port is then the Host's port if the Gateway
   * opens it for HTTP, otherwise 80, otherwise the lowest port that the Gateway opens.
   */
  readonly url: string;
  /** The HTTP method. Default: GET. */
  readonly method?: string;
  /**
   * Header names in any case. As with curl, `host` replaces the URL's host; a port in it does not affect matching
   * (`HTTPRouteSpec.hostnames`). Over TLS, the URL's host is the server name.
   */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** A request that is parsed and normalized as the proxy does it, ready for routing. */
export interface ParsedRequest {
  readonly head: RequestHead;
  readonly scheme: "http" | "https";
  readonly port: number;
  /** The server name of the TLS handshake, empty for an IP address. Absent without TLS, or if it equals the host. */
  readonly serverName?: string;
  /** Alternating names and values in the given order, with lowercase names and without Host. */
  readonly headers: readonly string[];
}

/** The result of routing a request. */
export type Decision =
  | {
      readonly kind: "refused";
      readonly status: 204 | 400 | 421 | 501;
      readonly reason: string;
      readonly request?: ParsedRequest;
    }
  /** The port accepts no connections, or serves another protocol. */
  | { readonly kind: "closed"; readonly request: ParsedRequest; readonly reason: string }
  | {
      readonly kind: "unrouted";
      /** 500 means that matching needs more steps than one request may take. */
      readonly status: 404 | 500;
      readonly request: ParsedRequest;
      readonly port: PortIndex;
      readonly routing?: HostRouting;
      readonly reason: string;
    }
  | {
      readonly kind: "routed";
      readonly request: ParsedRequest;
      readonly port: PortIndex;
      readonly routing: HostRouting;
      readonly candidate: Candidate;
    };

/** Routes a request at one Gateway with the functions that the proxy uses. */
export function decide({ ir, index }: RoutedGateway, asked: SimulatedRequest): Decision {
  const request = parseRequest(asked, index.ports);
  if ("refused" in request) return { kind: "refused", status: 400, reason: request.refused };
  const port = index.ports.get(request.port);
  if (port === undefined || !speaks(port, request.scheme)) {
    const reason = `Gateway ${fullName(ir.gateway)} serves no ${request.scheme} on port ${request.port}; it has ${portsWords(index.ports)}.`;
    return { kind: "closed", request, reason };
  }
  const { host, path, method } = request.head;
  const handshake = handshakeFault(port, request);
  if (handshake?.kind === "closed") return handshake;
  const ended = checkHops(method, request.head, hasContent(request));
  if (ended !== undefined) return { kind: "refused", status: ended.status, reason: ended.message, request };
  if (handshake !== undefined) return handshake;
  const routing = routingOf(port, host);
  if (routing === undefined) {
    return {
      kind: "unrouted",
      status: 404,
      request,
      port,
      reason: `No listener of port ${port.port} takes the host ${host}.`,
    };
  }
  const work = new MatchWork();
  const candidate = match(port, request.head, work);
  if (candidate !== undefined) return { kind: "routed", request, port, routing, candidate };
  if (work.exhausted) {
    const steps = maxMatchSteps.toLocaleString("en");
    const reason = `The matches of the routes for the host ${host} take more than ${steps} steps on this request, which no request may take: shorten its path and headers, or write expressions that follow fewer alternatives at a time.`;
    return { kind: "unrouted", status: 500, request, port, routing, reason };
  }
  const reason =
    routing.hosts.length === 0
      ? `No route of listener ${routing.listener.name} is for the host ${host}.`
      : `No rule of listener ${routing.listener.name} matches ${method} ${path} for the host ${host}.`;
  return { kind: "unrouted", status: 404, request, port, routing, reason };
}

/** Returns whether the fields of a request announce content (RFC 9112 section 6.3). */
function hasContent({ head }: ParsedRequest): boolean {
  return head.header("transfer-encoding") !== undefined || Number(head.header("content-length") ?? 0) !== 0;
}

/** A port with an opaque protocol may serve either scheme. */
function speaks({ protocol }: PortIndex, scheme: "http" | "https"): boolean {
  if (protocol === "Opaque") return true;
  return scheme === "http" ? protocol === "HTTP" : protocol === "HTTPS";
}

function portsWords(ports: ReadonlyMap<number, PortIndex>): string {
  const words = [...ports.values()].map(
    ({ port, protocol }) => `${port} (${protocol === "Opaque" ? "opaque" : protocol})`,
  );
  return words.length === 0 ? "no port" : words.join(", ");
}

/**
 * Over TLS, the server name selects the listener for the connection. A request for a host of another listener is
 * misdirected (RFC 9110 section 15.5.20), as in proxy/dataplane/routing/route-request.ts.
 */
function handshakeFault(port: PortIndex, request: ParsedRequest): Decision | undefined {
  const { serverName, head } = request;
  if (serverName === undefined) return undefined;
  const connected = listenerOf(port, serverName);
  const name = serverName === "" ? "no server name" : `the server name ${serverName}`;
  if (connected === undefined) {
    const reason = `No listener of port ${port.port} takes ${name}, so the TLS handshake fails.`;
    return { kind: "closed", request, reason };
  }
  const wanted = listenerOf(port, head.host);
  if (wanted === undefined || wanted === connected) return undefined;
  const reason = `Listener ${wanted.name} serves the host ${head.host}, and the connection is to listener ${connected.name}, by ${name}.`;
  return { kind: "refused", status: 421, reason, request };
}

/** Parses and normalizes a request for a Gateway with these ports. */
export function parseRequest(
  { url, method = "GET", headers = {} }: SimulatedRequest,
  ports: GatewayIndex["ports"],
): ParsedRequest | { readonly refused: string } {
  const target = parseTarget(method, url);
  if (target.refused !== undefined) return { refused: target.message };
  const all = Object.entries(headers).flatMap(([name, values]) =>
    (typeof values === "string" ? [values] : values).map((value) => [name.toLowerCase(), value] as const),
  );
  const fields = all.filter(([name]) => name !== "host");
  const hosts = all.filter(([name]) => name === "host").map(([, value]) => value);
  if (hosts.length > 1) return { refused: "The request must have one Host field only." };
  const [field] = hosts;
  const authority = field === undefined ? target : normalizeHost(field);
  if (authority.refused !== undefined) return { refused: authority.message };
  const { host } = authority;
  if (host === undefined || target.form === "authority") {
    return { refused: `The URL ${url} must be absolute, such as http://acme.io/store, or come with a Host header.` };
  }
  const { path, query } = target;
  const connection = connectionOf(target, authority.port, ports);
  const written = field ?? (target.port === undefined ? host : `${host}:${target.port}`);
  const head: RequestHead = { method, host, path, query, header: (name) => joined(fields, name, written) };
  const serverName = connection.scheme === "https" && field !== undefined ? serverNameOf(target.host ?? host) : host;
  return {
    head,
    ...connection,
    ...(serverName === host ? {} : { serverName }),
    headers: fields.flat(),
  };
}

/** The scheme and port to connect to: those of an absolute URL, or the ones that the Gateway's ports suggest. */
function connectionOf(
  target: RequestTarget,
  port: number | undefined,
  ports: GatewayIndex["ports"],
): Pick<ParsedRequest, "scheme" | "port"> {
  const { scheme } = target;
  if (scheme !== undefined) return { scheme, port: target.port ?? (scheme === "https" ? 443 : 80) };
  const clear = [port, 80].find((one) => one !== undefined && ports.get(one)?.protocol === "HTTP");
  if (clear !== undefined) return { scheme: "http", port: clear };
  const open = (protocol: string) => [...ports.values()].find((one) => one.protocol === protocol)?.port;
  const [http, https] = [open("HTTP"), open("HTTPS")];
  if (http === undefined && https !== undefined) return { scheme: "https", port: https };
  return { scheme: "http", port: http ?? port ?? 80 };
}

/** Returns an empty server name for an IP address, which SNI does not permit (RFC 6066 section 3). */
function serverNameOf(host: string): string {
  return host.startsWith("[") || /^[0-9.]+$/.test(host) ? "" : host;
}

/** Joins header fields with one name into one value (RFC 9110 section 5.3). */
function joined(fields: readonly (readonly [string, string])[], name: string, host: string): string | undefined {
  if (name === "host") return host;
  if (isAliasOfProxyField(name)) return undefined;
  const values = fields.filter(([field]) => field === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(separatorOf(name));
}
