import { version } from "../../version.ts";
import { type MetricDefinition, members, one } from "./definition.ts";

/** What is counted of the proxy as a whole. */
export const processMetrics: readonly MetricDefinition[] = [
  {
    name: "build_info",
    type: "gauge",
    help: "Always 1; its labels name the version that runs.",
    labels: ["version", "node"],
    samples: () => [{ labels: { version, node: process.version }, value: 1 }],
  },
  {
    name: "connections_accepted_total",
    type: "counter",
    help: "Client connections accepted.",
    labels: [],
    samples: ({ connections }) => one(connections.accepted),
  },
  {
    name: "connections_refused_total",
    type: "counter",
    help: "Client connections refused.",
    labels: [],
    samples: ({ connections }) => one(connections.refused),
  },
  {
    name: "connections_failed_total",
    type: "counter",
    help: "Client connections that could not be accepted.",
    labels: [],
    samples: ({ connections }) => one(connections.failed),
  },
  {
    name: "connections_shed_total",
    type: "counter",
    help: "Idle client connections closed for others.",
    labels: [],
    samples: ({ connections }) => one(connections.shed),
  },
  {
    name: "connections_active",
    type: "gauge",
    help: "Client connections open.",
    labels: [],
    samples: ({ connections }) => one(connections.active),
  },
  {
    name: "overload_total",
    type: "counter",
    help: "Connections and requests refused for want of something.",
    labels: ["reason"],
    samples: ({ overload }) => members(overload, "reason"),
  },
  {
    name: "handshake_errors_total",
    type: "counter",
    help: "TLS handshakes that failed.",
    labels: ["error"],
    samples: ({ handshakeErrors }) => members(handshakeErrors, "error"),
  },
  {
    name: "proxy_header_errors_total",
    type: "counter",
    help: "Connections without the PROXY header that they need.",
    labels: ["error"],
    samples: ({ proxyHeaderErrors }) => members(proxyHeaderErrors, "error"),
  },
  {
    name: "http2_connections_total",
    type: "counter",
    help: "Client connections that spoke HTTP/2.",
    labels: [],
    samples: ({ http2 }) => one(http2.accepted),
  },
  {
    name: "http2_connections_calmed_total",
    type: "counter",
    help: "HTTP/2 connections ended with ENHANCE_YOUR_CALM.",
    labels: [],
    samples: ({ http2 }) => one(http2.calmed),
  },
  {
    name: "requests_resent_total",
    type: "counter",
    help: "Requests sent again on a fresh connection.",
    labels: [],
    samples: ({ resent }) => one(resent),
  },
  {
    name: "tunnels_opened_total",
    type: "counter",
    help: "Connections upgraded, such as to WebSocket.",
    labels: [],
    samples: ({ tunnels }) => one(tunnels.opened),
  },
  {
    name: "tunnels_active",
    type: "gauge",
    help: "Upgraded connections open.",
    labels: [],
    samples: ({ tunnels }) => one(tunnels.active),
  },
  {
    name: "tunnel_bytes_total",
    type: "counter",
    help: "Bytes through upgraded connections, received from clients and sent to them.",
    labels: ["direction"],
    samples: ({ tunnels: { received, sent } }) => members({ received, sent }, "direction"),
  },
  {
    name: "mirrors_total",
    type: "counter",
    help: "Copies of requests for RequestMirror filters.",
    labels: ["outcome"],
    samples: ({ mirrors: { sent, dropped, failed } }) => members({ sent, dropped, failed }, "outcome"),
  },
  {
    name: "filter_requests_total",
    type: "counter",
    help: "Requests to filters for ExtensionRef.",
    labels: ["filter", "outcome"],
    samples: ({ filters }) =>
      [...filters].flatMap(([filter, { passed, answered, failed, timedOut }]) =>
        Object.entries({ passed, answered, failed, timedOut }).map(([outcome, value]) => ({
          labels: { filter, outcome },
          value,
        })),
      ),
  },
  {
    name: "filter_responses_total",
    type: "counter",
    help: "Responses to filters for ExtensionRef.",
    labels: ["filter", "outcome"],
    samples: ({ filters }) =>
      [...filters].flatMap(([filter, { responsesPassed: passed, responsesFailed: failed }]) =>
        Object.entries({ passed, failed }).map(([outcome, value]) => ({ labels: { filter, outcome }, value })),
      ),
  },
  {
    name: "access_log_lines_total",
    type: "counter",
    help: "Lines of the access log: written, or dropped since they were not taken fast enough.",
    labels: ["outcome"],
    samples: ({ accessLog: { written, dropped } }) => members({ written, dropped }, "outcome"),
  },
  {
    name: "spans_total",
    type: "counter",
    help: "Spans of traces: exported, dropped since too many waited, or failed to reach their receiver.",
    labels: ["outcome"],
    samples: ({ spans: { exported, dropped, failed } }) => members({ exported, dropped, failed }, "outcome"),
  },
];
