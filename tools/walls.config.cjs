/**
 * The walls between the rooms of rooms.cjs. Type-only imports count as well, so that types follow the same order as
 * calls.
 */
const { rooms, dataplane } = require("./rooms.cjs");

/** The part of routing that decides about a request. `simulate` and the proxy share it. */
const wireRouting =
  "^lib/routing/(ir|match|split|normalize|rewrite)\\.ts$|^lib/routing/(filters|index|match|split|normalize|rewrite)/";

/** The rooms that every room may import: the escapes of each output format. */
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
    ...Object.entries(rooms).map(([room, { imports }]) => wall(room, imports)),
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
    {
      name: "routing-serializes-nothing",
      comment: "proxy/dataplane/routing does not write HTTP/1.1 or HTTP/2: the backend does",
      severity: "error",
      from: { path: "^proxy/dataplane/routing/" },
      to: { path: "^proxy/dataplane/http[12]/" },
    },
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
