/**
 * The rooms of the sources and the imports that each allows. walls.config.cjs enforces them, and `npm run docs` writes
 * the table in docs/architecture.md from them.
 */

/** The rooms of the constructs may import each other. */
const personas = ["lib/constructs", "lib/infrastructure-provider", "lib/cluster-operator", "lib/application-developer"];

const objects = ["lib/findings", "lib/api"];

/** The contents of each room, and the other rooms that it may import. All other imports are errors. */
const rooms = {
  "lib/printing": {
    holds:
      "the escapes of each format of output, one printer for each: text, Markdown, HTML and SVG, DOT, Mermaid, JSON, YAML, messages for the Kubernetes API. Every room may import it",
    imports: [],
  },
  "lib/findings": {
    holds: "what a finding is, and the catalog of all codes",
    imports: [],
  },
  "lib/api": {
    holds:
      "the Gateway API v1.7: its kinds with schemas, defaults and cross-field rules; parsing of documents, conversion of older versions, loading of several sources into one set, contracts",
    imports: ["lib/findings"],
  },
  "lib/constructs": {
    holds: "what all constructs share: the scope of a persona, the construct of one object, its host",
    imports: objects,
  },
  "lib/infrastructure-provider": {
    holds: "constructs for GatewayClass, its parameters, CRDs, the installation, access by persona",
    imports: [...objects, ...personas],
  },
  "lib/cluster-operator": {
    holds: "constructs for Gateway, ListenerSet and Namespace",
    imports: [...objects, ...personas],
  },
  "lib/application-developer": {
    holds: "constructs for routes, filters, policies, grants and Services",
    imports: [...objects, ...personas],
  },
  "lib/patterns": {
    holds: "day-2 compositions of constructs: canary, migration of Gateways, services of several clusters",
    imports: [...objects, ...personas],
  },
  "lib/routing": {
    holds: "the routing model: attach, lower, the IR, index, match, filters, rewrite, split, normalize",
    imports: objects,
  },
  "lib/filters": {
    holds:
      "custom filters for ExtensionRef: their definition, and how a request passes them in simulate and on the wire",
    imports: ["lib/api", "lib/routing"],
  },
  "lib/analysis": {
    holds: "check, explain, simulate, plan, graph, advice, and comparison with a live cluster",
    imports: [...objects, "lib/routing", "lib/filters"],
  },
  "lib/targets": { holds: "emitters of plain output: YAML and Terraform", imports: [...objects, ...personas] },
  "lib/engines": {
    holds: "cdk8s, Pulumi and the CDK for Terraform: each engine's host, check, plan and waiting",
    imports: [...objects, ...personas, "lib/analysis", "lib/targets"],
  },
  "lib/testing": {
    holds: "what unit tests of users import",
    imports: [...objects, "lib/routing", "lib/filters", "lib/analysis", "lib/engines"],
  },
  "lib/cli": {
    holds: "the `gatewright` command: its commands, options and reports; the admin page and metrics of its processes",
    imports: [
      ...objects,
      "lib/infrastructure-provider",
      ...["lib/routing", "lib/analysis", "lib/targets", "lib/engines"],
      ...["proxy/sources", "proxy/control", "proxy/dataplane"],
    ],
  },
  "proxy/sources": {
    holds: "files, directories, programs and the API server as sources; watching them",
    imports: [...objects, "lib/filters"],
  },
  "proxy/control": {
    holds: "from sources to running proxies: in one process, in worker threads, and from the controller of a cluster",
    imports: [...objects, "lib/routing", "lib/filters", "proxy/sources", "proxy/dataplane"],
  },
  "proxy/dataplane": {
    holds: "connections, requests and responses: HTTP/1.1, HTTP/2, TLS, upstream connections, overload, statistics",
    imports: ["lib/filters"],
  },
};

/**
 * The folders of the data plane, from the foundation to the client's side. A folder imports only earlier folders, so
 * that there are no import cycles.
 */
const dataplane = [
  "limits",
  "stats",
  "sockets",
  "message",
  "filters",
  "http1",
  "http2",
  "tls",
  "connection-preamble",
  "overload",
  "upstream",
  "routing",
  "observe",
  "exchange",
  "downstream",
];

module.exports = { rooms, dataplane };
