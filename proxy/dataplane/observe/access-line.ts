import type { MessageRefusal } from "../http1/rules.ts";
import type { Peer } from "../message/forwarded.ts";
import type { PortRouting } from "../routing/gateway.ts";
import type { RoutePlan } from "../routing/plan.ts";
import { jsonText } from "./json-text.ts";
import type { AccessLogOptions } from "./options.ts";
import type { ObservedClient, RequestRecord } from "./request-record.ts";

/**
 * Maximum lengths of values that clients choose, in characters as written. With the names that Kubernetes admits, a
 * line stays below `longestLine`, so that lines of several threads in one pipe do not mix.
 */
const longestPath = 768;
const longestQuery = 512;
const longestFields = 512;
const longestName = 320;

/** Replaces the value of a credential. */
export const notShown = "(not shown)";

/**
 * Formats one request as a line of JSON (docs/observability.md describes the fields). Fields without a value are left
 * out. The line is built by hand, since it is written for every request; all external text passes through `jsonText`.
 */
export function requestLine(record: RequestRecord, options: AccessLogOptions): string {
  const { request, routed, started, id } = record;
  const now = performance.now();
  let line = opening(record.port, record.client, now - started);
  line += text("method", request.method, 32) + text("host", request.host, longestName);
  line += target(record, options);
  line += `,"status":${record.status}${text("reason", record.reason, 64)}`;
  if (routed?.plan !== undefined) line += routing(routed.plan);
  if (routed?.backend !== undefined) line += text("backend", routed.backend.stats.key, longestName);
  line += upstream(record, now);
  line += `,"duration_ms":${rounded(now - started)}`;
  const { tunnel } = record;
  line += `,"received_bytes":${tunnel === undefined ? record.received : tunnel.client.received}`;
  line += `,"sent_bytes":${tunnel === undefined ? record.sent : tunnel.backend.received}`;
  line += flags(record);
  if (id !== "") line += text("request_id", id, 128);
  if (record.span !== undefined) line += text("trace_id", record.span.traceId, 32);
  return `${line}${fields(record.fields, options.headers ?? [])}}\n`;
}

/** Formats a line for a request whose head was not read to its end. */
export function refusalLine(port: PortRouting, client: ObservedClient, { status, reason }: MessageRefusal): string {
  return `${opening(port, client, 0)},"status":${status}${text("reason", reason, 64)}}\n`;
}

/** Formats a line for a connection without a request. */
export function notOpenedLine(port: PortRouting, peer: Peer, reason: string, error: string): string {
  return `${opening(port, { peer, version: "" }, 0)}${text("reason", reason, 64)}${text("error", error, 32)}}\n`;
}

/** @param ago milliseconds since the request began. */
function opening({ gateway, number }: PortRouting, { peer, version }: ObservedClient, ago: number): string {
  const { namespace, name } = gateway.stats.gateway;
  let line = `{"time":"${new Date(Date.now() - ago).toISOString()}"`;
  line += text("client", peer.address, 64) + text("gateway", `${namespace}/${name}`, longestName);
  line += `,"port":${number}`;
  if (version !== "") line += text("protocol", `HTTP/${version}`, 16);
  if (peer.tlsVersion !== undefined) line += text("tls_version", peer.tlsVersion, 16);
  if (peer.serverName !== undefined && peer.serverName !== "")
    line += text("server_name", peer.serverName, longestName);
  return line;
}

/** Formats the target. One that could not be normalized is logged as received, up to its query. */
function target({ request, routed }: RequestRecord, options: AccessLogOptions): string {
  if (routed !== undefined || request.query !== "") {
    return text("path", request.path, longestPath) + (options.query === true ? query(request.query, options) : "");
  }
  const end = request.path.indexOf("?");
  return text("path", end < 0 ? request.path : request.path.slice(0, end), longestPath);
}

/** Formats the query. Values of parameters whose names indicate credentials are hidden. */
function query(value: string, { credentials }: AccessLogOptions): string {
  if (credentials === undefined || value === "") return text("query", value, longestQuery);
  // The part that will be cut off is not processed.
  const shown = value
    .slice(0, 4 * longestQuery)
    .replace(/(^|[&;])([^=&;]+)=[^&;]*/g, (whole, before: string, name: string) =>
      credentials.test(decoded(name)) ? `${before}${name}=${notShown}` : whole,
    );
  return text("query", shown, longestQuery);
}

function decoded(name: string): string {
  if (!name.includes("%")) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function routing({ candidate }: RoutePlan): string {
  const { rule, listener } = candidate;
  const { route, name, index } = rule.ir;
  return (
    text("listener", listener.name, longestName) +
    text("route_kind", route.kind, 32) +
    text("route", `${route.namespace}/${route.name}`, longestName) +
    text("rule", name ?? String(index), 64)
  );
}

function upstream({ endpoint, started, attempted, responded }: RequestRecord, now: number): string {
  if (endpoint === undefined) return "";
  const { address, port } = endpoint;
  let line = text("endpoint", address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`, longestName);
  if (responded > 0) line += `,"first_byte_ms":${rounded(responded - started)}`;
  line += `,"upstream_ms":${rounded(now - attempted)}`;
  return line;
}

function flags({ attempts, retries, resent, error, aborted, tunnel }: RequestRecord): string {
  let line = attempts > 1 ? `,"attempts":${attempts}` : "";
  if (retries > 0) line += `,"retries":${retries}`;
  if (resent > 0) line += `,"resent":${resent}`;
  if (error !== "") line += text("error", error, 32);
  if (aborted) line += ',"aborted":true';
  return tunnel === undefined ? line : `${line},"tunnel":true`;
}

function fields(values: readonly (string | undefined)[] | undefined, names: readonly string[]): string {
  if (values === undefined) return "";
  const longest = Math.max(16, Math.floor(longestFields / names.length));
  const given = values.map((value, i) => (value === undefined ? "" : text(names[i] as string, value, longest)));
  return `,"headers":{${given.join("").slice(1)}}`;
}

function text(name: string, value: string, longest: number): string {
  return value === "" ? "" : `,"${name}":${jsonText(value, longest)}`;
}

/** Rounds milliseconds to the microsecond. */
function rounded(duration: number): number {
  return Math.round(duration * 1000) / 1000;
}
