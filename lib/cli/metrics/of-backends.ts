import type { BackendStats, Stats } from "../../../proxy/dataplane/stats/stats.ts";
import {
  eachGateway,
  labelled,
  type MetricDefinition,
  members,
  one,
  responseClasses,
  type Sample,
} from "./definition.ts";

const labels = ["gateway", "backend"];

/** The metrics of each backend of a Gateway. */
export const backendMetrics: readonly MetricDefinition[] = [
  {
    name: "backend_requests_total",
    type: "counter",
    help: "Requests to backends, mirrored ones apart.",
    labels,
    samples: eachBackend(({ requests }) => one(requests)),
  },
  {
    name: "mirrored_requests_total",
    type: "counter",
    help: "Mirrored requests to backends.",
    labels,
    samples: eachBackend(({ mirrored }) => one(mirrored)),
  },
  {
    name: "backend_requests_active",
    type: "gauge",
    help: "Requests under way to backends.",
    labels,
    samples: eachBackend(({ active }) => one(active)),
  },
  {
    name: "backend_endpoints_ejected",
    type: "gauge",
    help: "Endpoints that get no requests for now, since too many failed there.",
    labels,
    samples: eachBackend(({ ejected }) => one(ejected)),
  },
  {
    name: "backend_ejections_total",
    type: "counter",
    help: "Times that an endpoint was ejected.",
    labels,
    samples: eachBackend(({ ejections }) => one(ejections)),
  },
  {
    name: "backend_tunnels_active",
    type: "gauge",
    help: "Upgraded connections open to backends.",
    labels,
    samples: eachBackend(({ tunnels }) => one(tunnels.active)),
  },
  {
    name: "backend_responses_total",
    type: "counter",
    help: "Responses of backends.",
    labels: [...labels, "class"],
    samples: eachBackend(({ responses }) => responseClasses(responses)),
  },
  {
    name: "backend_errors_total",
    type: "counter",
    help: "Failures of backends.",
    labels: [...labels, "error"],
    samples: eachBackend(({ errors }) => members(errors, "error")),
  },
];

function eachBackend(samples: (backend: BackendStats) => readonly Sample[]): (stats: Stats) => readonly Sample[] {
  return eachGateway(({ backends }) =>
    [...backends].flatMap(([backend, own]) => samples(own).map((sample) => labelled(sample, { backend }))),
  );
}
