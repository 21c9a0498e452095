import type { Candidate, HostRouting, PortIndex, RequestHead } from "../routing/index/model.ts";
import { match, routingOf } from "../routing/match.ts";
import { parseTarget } from "../routing/normalize.ts";
import { separatorOf } from "../routing/rewrite/headers.ts";
import type { RoutedGateway } from "./model.ts";
import { fullName } from "./words.ts";

/** A request as a client would write it. */
export interface Request {
  /** Absolute, `http` or `https`: `http://acme.io/store`. The port decides the listener, as on the wire. */
  readonly url: string;
  /** GET when absent. */
  readonly method?: string;
  /** Names in any case. A `host` here is ignored: the URL names the host. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** A request made ready for routing: normalized as on the wire. */
export interface ParsedRequest {
  readonly head: RequestHead;
  readonly scheme: "http" | "https";
  readonly port: number;
  /** In the order given, name and value in turn, names in lower case, without Host. */
  readonly headers: readonly string[];
}

/** What became of a request on its way to a rule. */
export type Decision =
  | { readonly kind: "refused"; readonly status: 400; readonly reason: string }
  /** Nothing accepts connections there, or speaks another protocol. */
  | { readonly kind: "closed"; readonly request: ParsedRequest; readonly reason: string }
  | {
      readonly kind: "unrouted";
      readonly status: 404;
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

/** Decides a request at one Gateway with the functions that the proxy decides it with. */
export function decide({ ir, index }: RoutedGateway, asked: Request): Decision {
  const request = parseRequest(asked);
  if ("refused" in request) return { kind: "refused", status: 400, reason: request.refused };
  const port = index.ports.get(request.port);
  if (port === undefined || !speaks(port, request.scheme)) {
    const reason = `Gateway ${fullName(ir.gateway)} serves no ${request.scheme} on port ${request.port}; it has ${portsWords(index.ports)}.`;
    return { kind: "closed", request, reason };
  }
  const { host, path, method } = request.head;
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
  const candidate = match(port, request.head);
  if (candidate !== undefined) return { kind: "routed", request, port, routing, candidate };
  const reason =
    routing.hosts.length === 0
      ? `No route of listener ${routing.listener.name} is for the host ${host}.`
      : `No rule of listener ${routing.listener.name} matches ${method} ${path} for the host ${host}.`;
  return { kind: "unrouted", status: 404, request, port, routing, reason };
}

function speaks({ protocol }: PortIndex, scheme: "http" | "https"): boolean {
  return scheme === "http" ? protocol === "HTTP" : protocol === "HTTPS";
}

function portsWords(ports: ReadonlyMap<number, PortIndex>): string {
  const words = [...ports.values()].map(({ port, protocol }) => `${port} (${protocol})`);
  return words.length === 0 ? "no port" : words.join(", ");
}

function parseRequest({ url, method = "GET", headers = {} }: Request): ParsedRequest | { readonly refused: string } {
  const target = parseTarget(method, url);
  if (target.refused !== undefined) return { refused: target.message };
  const { scheme, host, path, query } = target;
  if (scheme === undefined || host === undefined) {
    return { refused: `The URL ${url} must be absolute, such as http://acme.io/store.` };
  }
  const fields = Object.entries(headers)
    .flatMap(([name, values]) =>
      (typeof values === "string" ? [values] : values).map((value) => [name.toLowerCase(), value] as const),
    )
    .filter(([name]) => name !== "host");
  const port = target.port ?? (scheme === "https" ? 443 : 80);
  const head: RequestHead = {
    method,
    host,
    path,
    query,
    header: (name) => joined(fields, name, target.port === undefined ? host : `${host}:${target.port}`),
  };
  return { head, scheme, port, headers: fields.flat() };
}

/** Several fields of a name read as one, RFC 9110 section 5.3. */
function joined(fields: readonly (readonly [string, string])[], name: string, host: string): string | undefined {
  if (name === "host") return host;
  const values = fields.filter(([field]) => field === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(separatorOf(name));
}
