import {
  durationSamples,
  eachGateway,
  labelled,
  type MetricDefinition,
  members,
  one,
  responseClasses,
} from "./definition.ts";

/** The metrics of each Gateway, its listeners, routes and rules. */
export const gatewayMetrics: readonly MetricDefinition[] = [
  {
    name: "request_duration_seconds",
    type: "histogram",
    help: "From the head of a request to the end of its response, by route (empty if none matched) and class of status; 1xx are tunnels, to their end.",
    labels: ["gateway", "route", "class"],
    samples: eachGateway(({ routes, unrouted }) =>
      [...routes, ["", unrouted] as const].flatMap(([route, own]) =>
        durationSamples(own).map((sample) => labelled(sample, { route })),
      ),
    ),
  },
  {
    name: "requests_active",
    type: "gauge",
    help: "Requests under way, tunnels included.",
    labels: ["gateway"],
    samples: eachGateway(({ active }) => one(active)),
  },
  {
    name: "requests_aborted_total",
    type: "counter",
    help: "Requests whose client left before their response was complete.",
    labels: ["gateway"],
    samples: eachGateway(({ aborted }) => one(aborted)),
  },
  {
    name: "request_body_bytes_total",
    type: "counter",
    help: "Data of request bodies, without framing.",
    labels: ["gateway"],
    samples: eachGateway(({ bodies }) => one(bodies.received)),
  },
  {
    name: "response_body_bytes_total",
    type: "counter",
    help: "Data of response bodies, without framing.",
    labels: ["gateway"],
    samples: eachGateway(({ bodies }) => one(bodies.sent)),
  },
  {
    name: "responses_total",
    type: "counter",
    help: "Responses to clients.",
    labels: ["gateway", "class"],
    samples: eachGateway(({ responses }) => responseClasses(responses)),
  },
  {
    name: "answers_total",
    type: "counter",
    help: "Responses that the proxy made itself, by their reason.",
    labels: ["gateway", "reason"],
    samples: eachGateway(({ answers }) => members(Object.fromEntries(answers), "reason")),
  },
  {
    name: "listener_responses_total",
    type: "counter",
    help: "Responses by listener.",
    labels: ["gateway", "listener", "class"],
    samples: eachGateway(({ listeners }) =>
      [...listeners].flatMap(([listener, own]) => responseClasses(own).map((sample) => labelled(sample, { listener }))),
    ),
  },
  {
    name: "rule_requests_total",
    type: "counter",
    help: "Requests by rule.",
    labels: ["gateway", "rule"],
    samples: eachGateway(({ rules }) => [...rules].map(([rule, { requests: value }]) => ({ labels: { rule }, value }))),
  },
  {
    name: "rule_retries_total",
    type: "counter",
    help: "Requests sent again by a rule's retry.",
    labels: ["gateway", "rule"],
    samples: eachGateway(({ rules }) => [...rules].map(([rule, { retries: value }]) => ({ labels: { rule }, value }))),
  },
  {
    name: "rule_responses_total",
    type: "counter",
    help: "Responses by rule.",
    labels: ["gateway", "rule", "class"],
    samples: eachGateway(({ rules }) =>
      [...rules].flatMap(([rule, { responses }]) =>
        responseClasses(responses).map((sample) => labelled(sample, { rule })),
      ),
    ),
  },
];
