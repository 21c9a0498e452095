import { appendFileSync, globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { buildPackage } from "./build/build.ts";
import { root } from "./build/layout.ts";

/**
 * `node tools/test.ts TIER` runs one tier of the tests. The default tier needs only Node.js. Further arguments are
 * files to run instead of the whole tier. Every tier uses node:test, so that totals can be added up.
 */
interface Tier {
  readonly what: string;
  readonly files: readonly string[];
  /** The number of files that run at a time. Tests that install packages should run one after another. */
  readonly concurrency?: number;
  /** A module with the setup before the first file and the cleanup after the last. */
  readonly setup?: string;
  /** True if the tier's prerequisites may be missing. Its tests are then skipped with a reason, without failing. */
  readonly optional?: true;
}

const tiers: Readonly<Record<string, Tier>> = {
  unit: {
    what: "everything that needs no Go, no network namespace and no further package",
    files: ["test/unit/**/*.test.ts", "test/agreement/**/*.test.ts"],
  },
  agreement: {
    what: "AGREEMENT_REQUESTS random requests, asked of simulate and of the proxy",
    files: ["test/agreement/agreement.property.test.ts"],
  },
  crds: { what: "the Gateway API's own files, from its Go module", files: ["test/system/crds/**/*.test.ts"] },
  oracle: {
    what: "the verdicts of the API server's own validation, on ORACLE_OBJECTS objects a kind",
    files: ["test/system/oracle/**/*.test.ts"],
  },
  smuggling: {
    what: "the smuggling table against HAProxy, nginx, Node.js and Python",
    files: ["test/hostile/smuggling/**/*.test.ts"],
    concurrency: 1,
  },
  fuzz: {
    what: "the fuzzers of every parser, each for FUZZ_SECONDS, and of whole connections",
    files: ["test/hostile/fuzz/**/*.test.ts"],
    concurrency: 1,
  },
  growth: {
    what: "time for n and for 4n of everything that a peer or a tenant may send much of",
    files: ["test/hostile/growth/**/*.test.ts"],
    concurrency: 1,
  },
  grammar: { what: "the grammar of HTTP/1.1, cut at every byte", files: ["test/hostile/grammar/**/*.test.ts"] },
  h2spec: { what: "the conformance tester of HTTP/2", files: ["test/hostile/h2spec/**/*.test.ts"], concurrency: 1 },
  websocket: { what: "WebSocket between ws and Python websockets", files: ["test/hostile/websocket/**/*.test.ts"] },
  floods: {
    what: "floods from many clients, with the memory they take",
    files: ["test/hostile/floods/**/*.test.ts"],
    concurrency: 1,
  },
  idle: { what: "ten thousand idle connections", files: ["test/hostile/idle/**/*.test.ts"] },
  "soak-short": { what: "mixed traffic for SOAK_SECONDS", files: ["test/hostile/soak/**/*.test.ts"], concurrency: 1 },
  browser: { what: "the admin page in Chromium", files: ["test/system/browser/**/*.test.ts"], optional: true },
  cluster: {
    what: "a Kubernetes cluster of its own, or that of KUBECONFIG",
    files: ["test/system/cluster/**/*.test.ts"],
    concurrency: 1,
    setup: "test/system/cluster/setup.ts",
  },
  conformance: {
    what: "the Gateway API's conformance suite against Gatewright in a cluster",
    files: ["test/system/conformance/gateway-*.test.ts"],
    concurrency: 1,
    setup: "test/system/cluster/setup.ts",
  },
  pulumi: {
    what: "the real Pulumi command and engine against a real cluster",
    files: ["test/system/pulumi/**/*.test.ts"],
    concurrency: 1,
    setup: "test/system/cluster/setup.ts",
  },
  terraform: {
    what: "the terraform command, with a stand-in for its Kubernetes provider",
    files: ["test/system/terraform/**/*.test.ts"],
    optional: true,
  },
  types: { what: "the types under TypeScript 4.9, 5.9, 6 and 7", files: ["test/system/packages/types.test.ts"] },
  graph: {
    what: "pictures, read by the parsers of Mermaid, Graphviz and XML",
    files: ["test/system/packages/graph.test.ts"],
  },
  cdk8s: { what: "the cdk8s template", files: ["test/system/packages/cdk8s*.test.ts"], concurrency: 1 },
  cdktf: { what: "a program of the CDK for Terraform", files: ["test/system/packages/cdktf.test.ts"] },
  consumers: {
    what: "programs that install the package",
    files: ["consumers", "installers", "pulumi", "shared-construct"].map(
      (file) => `test/system/packages/${file}.test.ts`,
    ),
    concurrency: 1,
  },
};

const [name = "unit", ...only] = process.argv.slice(2);
const tier = tiers[name];
if (tier === undefined) {
  console.error(`No tier ${name}. Tiers:`);
  for (const [known, { what }] of Object.entries(tiers)) console.error(`  ${known.padEnd(10)} ${what}`);
  process.exit(2);
}

await buildPackage({ always: false });

const files = only.length > 0 ? only.map((file) => resolve(file)) : filesOf(tier);
if (files.length === 0) throw new Error(`Tier ${name} has no test file`);

const totals = { passed: 0, failed: 0, skipped: 0 };
run({
  files,
  cwd: root,
  // By default node:test leaves one processor unused, so it would use one of two.
  concurrency: tier.concurrency ?? Math.max(2, availableParallelism()),
  ...(tier.setup !== undefined && { globalSetupPath: tier.setup }),
  execArgv: ["--conditions=gatewright-source"],
})
  .on("test:summary", ({ file, counts }) => {
    if (file !== undefined) return;
    totals.passed = counts.passed;
    totals.failed = counts.tests - counts.passed - counts.skipped - counts.todo;
    totals.skipped = counts.skipped + counts.todo;
  })
  .compose(spec)
  .on("end", finish)
  .pipe(process.stdout);

function filesOf({ files: patterns }: Tier): string[] {
  return globSync([...patterns], { cwd: root })
    .sort()
    .map((file) => resolve(root, file));
}

/** Sets the exit code. A tier that ran no test fails. GATEWRIGHT_TOTALS names a file for totals of several runs. */
function finish(): void {
  const { GATEWRIGHT_TOTALS: file } = process.env;
  if (file !== undefined) appendFileSync(file, `${name} ${totals.passed} ${totals.failed} ${totals.skipped}\n`);
  const ran = totals.passed + (tier?.optional === true ? totals.skipped : 0);
  process.exitCode = totals.failed > 0 || ran === 0 ? 1 : 0;
}
