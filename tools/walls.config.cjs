/**
 * The walls between the rooms (docs/architecture.md). A stage imports only what stands to its left; type-only imports
 * count, so that the shape of the data obeys the same order as the calls.
 */

/** What authors write; the rooms of one tree know each other. */
const personas = ["lib/constructs", "lib/infrastructure-provider", "lib/cluster-operator", "lib/application-developer"];

/** Everything of the library but the command. */
const library = [
  "lib/findings",
  "lib/api",
  ...personas,
  "lib/patterns",
  "lib/routing",
  "lib/filters",
  "lib/analysis",
  "lib/targets",
  "lib/engines",
  "lib/testing",
];

/** Room → the rooms it may import besides itself. A room absent from a list is behind a wall. */
const rooms = {
  "lib/printing": [],
  "lib/findings": [],
  "lib/api": ["lib/findings"],
  "lib/constructs": ["lib/findings", "lib/api"],
  "lib/infrastructure-provider": ["lib/findings", "lib/api", ...personas],
  "lib/cluster-operator": ["lib/findings", "lib/api", ...personas],
  "lib/application-developer": ["lib/findings", "lib/api", ...personas],
  "lib/patterns": ["lib/findings", "lib/api", ...personas],
  "lib/routing": ["lib/findings", "lib/api"],
  "lib/filters": ["lib/api", "lib/routing"],
  "lib/analysis": ["lib/findings", "lib/api", "lib/routing", "lib/filters"],
  "lib/targets": ["lib/findings", "lib/api", ...personas],
  "lib/engines": ["lib/findings", "lib/api", ...personas, "lib/analysis", "lib/targets"],
  "lib/testing": ["lib/findings", "lib/api", "lib/routing", "lib/filters", "lib/analysis", "lib/engines"],
  "lib/cli": [...library, "proxy/sources", "proxy/control", "proxy/dataplane"],
  "proxy/sources": ["lib/findings", "lib/api", "lib/filters"],
  "proxy/control": ["lib/findings", "lib/api", "lib/routing", "lib/filters", "proxy/sources", "proxy/dataplane"],
  "proxy/dataplane": ["lib/filters"],
};

/**
 * The folders of the data plane from the foundation to the client's side. A folder imports only those in front of it, so
 * that no two import each other.
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

/** The part of routing that decides about a request: what simulate and the wire share. */
const wireRouting =
  "^lib/routing/(ir|match|split|normalize|rewrite)\\.ts$|^lib/routing/(filters|index|match|split|normalize|rewrite)/";

/** What every room may import: the escapes of each format of output. */
const everywhere = ["lib/printing"];

const wall = (room, allowed) => ({
  name: `wall-${room.replace("/", "-")}`,
  comment: `${room} imports ${[...everywhere, ...allowed].join(", ")}`,
  severity: "error",
  from: { path: `^${room}/` },
  to: {
    path: "^(lib|proxy|examples|test|tools|bench)/",
    pathNot: [room, ...everywhere, ...allowed]
      .map((name) => `^${name}/`)
      .concat(room === "proxy/dataplane" ? [wireRouting] : []),
  },
});

const engine = (name, packages, home) => ({
  name: `engine-${name}`,
  comment: `The core stands on constructs alone; ${name} is an optional peer behind a subpath export`,
  severity: "error",
  from: { path: "^(lib|proxy)/", pathNot: home },
  to: { path: packages },
});

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => wall(room, allowed)),
    {
      name: "lib-without-proxy",
      comment: "The library never imports the proxy; only the command does",
      severity: "error",
      from: { path: "^lib/", pathNot: "^lib/cli/" },
      to: { path: "^proxy/" },
    },
    {
      name: "command-is-a-leaf",
      comment: "Nothing stands on the command",
      severity: "error",
      from: { path: "^(lib|proxy)/", pathNot: "^lib/cli/" },
      to: { path: "^lib/cli/" },
    },
    {
      name: "no-test-code",
      comment: "Nothing imports tests",
      severity: "error",
      from: { path: "^(lib|proxy|examples|tools|bench)/" },
      to: { path: "^test/" },
    },
    ...dataplane.map((folder, floor) => ({
      name: `dataplane-${folder}`,
      comment: `proxy/dataplane/${folder} imports only folders that stand in front of it`,
      severity: "error",
      from: { path: `^proxy/dataplane/${folder}/` },
      to: { path: `^proxy/dataplane/(${dataplane.slice(floor + 1).join("|") || "-"})/|^proxy/dataplane/[^/]+$` },
    })),
    engine("cdk8s", "node_modules/cdk8s", "^lib/(engines/)?cdk8s"),
    engine("pulumi", "node_modules/@pulumi", "^lib/(engines/)?pulumi"),
    engine("cdktf", "node_modules/(cdktf|cdktn|@cdktf)", "^lib/cdkt[fn]|^lib/engines/cdktf/"),
    { name: "no-cycle", severity: "error", comment: "No import cycles", from: {}, to: { circular: true } },
    {
      name: "resolvable",
      comment:
        "Every import must resolve; the example of a team that installs another team's package does where a test installs it",
      severity: "error",
      from: { pathNot: "^examples/shared-construct/" },
      to: { couldNotResolve: true },
    },
    {
      name: "declared-dependency",
      comment: "The library imports only what package.json declares",
      severity: "error",
      from: { path: "^(lib|proxy)/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["gatewright-source", "types", "import", "node", "default"],
    },
  },
};
