import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, it } from "node:test";

interface Side {
  readonly path?: string;
  readonly pathNot?: string | readonly string[];
}

interface Rule {
  readonly name: string;
  readonly from: Side;
  readonly to: Side;
}

const require = createRequire(import.meta.url);
const { forbidden } = require("../../../tools/walls.config.cjs") as { readonly forbidden: readonly Rule[] };

/** Returns the rules of paths that an import breaks. */
function broken(from: string, to: string): string[] {
  const rules = forbidden.filter((rule) => rule.to.path !== undefined);
  return rules.filter((rule) => covers(rule.from, from) && covers(rule.to, to)).map(({ name }) => name);
}

function covers({ path, pathNot = [] }: Side, file: string): boolean {
  return (
    (path === undefined || new RegExp(path).test(file)) && ![pathNot].flat().some((not) => new RegExp(not).test(file))
  );
}

describe("the walls between the rooms", () => {
  const refused: readonly (readonly [from: string, to: string, rule: string])[] = [
    ["lib/api/load/validate.ts", "lib/routing/ir.ts", "wall-lib-api"],
    ["lib/routing/match.ts", "lib/analysis/check/check.ts", "wall-lib-routing"],
    ["lib/routing/match.ts", "lib/constructs/persona.ts", "wall-lib-routing"],
    ["lib/application-developer/route.ts", "lib/routing/ir.ts", "wall-lib-application-developer"],
    ["lib/targets/yaml.ts", "lib/analysis/check/check.ts", "wall-lib-targets"],
    ["lib/patterns/canary.ts", "lib/routing/ir.ts", "wall-lib-patterns"],
    ["lib/cluster-operator/gateway.ts", "lib/patterns/canary.ts", "wall-lib-cluster-operator"],
    ["lib/analysis/traffic/simulate.ts", "proxy/dataplane/proxy.ts", "lib-without-proxy"],
    ["lib/analysis/check/check.ts", "lib/cli/program.ts", "command-is-a-leaf"],
    ["lib/routing/match.ts", "lib/filters/definition.ts", "wall-lib-routing"],
    ["lib/filters/passage.ts", "lib/analysis/check/check.ts", "wall-lib-filters"],
    ["proxy/sources/files.ts", "lib/routing/ir.ts", "wall-proxy-sources"],
    ["proxy/dataplane/proxy.ts", "lib/routing/attach/attach.ts", "wall-proxy-dataplane"],
    ["proxy/dataplane/proxy.ts", "lib/api/index.ts", "wall-proxy-dataplane"],
    ["proxy/dataplane/proxy.ts", "proxy/control/embedded.ts", "wall-proxy-dataplane"],
    ["lib/targets/yaml.ts", "node_modules/cdk8s/lib/index.js", "engine-cdk8s"],
    ["proxy/control/embedded.ts", "node_modules/@pulumi/pulumi/index.js", "engine-pulumi"],
    ["lib/cli/program.ts", "test/unit/cli/gatewright.ts", "no-test-code"],
    ["lib/findings/finding.ts", "lib/api/index.ts", "wall-lib-findings"],
    ["lib/engines/pulumi/plan.ts", "proxy/control/compile.ts", "lib-without-proxy"],
    ["lib/targets/yaml.ts", "lib/engines/objects.ts", "wall-lib-targets"],
    ["proxy/dataplane/message/head.ts", "proxy/dataplane/http1/rules.ts", "dataplane-message"],
    ["proxy/dataplane/routing/plan.ts", "proxy/dataplane/exchange/exchange.ts", "dataplane-routing"],
    ["proxy/dataplane/downstream/listener.ts", "proxy/dataplane/proxy.ts", "dataplane-downstream"],
  ];
  for (const [from, to, rule] of refused) {
    it(`refuse ${from} → ${to}`, () => assert.ok(broken(from, to).includes(rule)));
  }

  const admitted = [
    ["lib/routing/match.ts", "lib/api/index.ts"],
    ["lib/analysis/check/check.ts", "lib/routing/attach/attach.ts"],
    ["lib/patterns/canary.ts", "lib/application-developer/http-route.ts"],
    ["lib/engines/cdk8s/host.ts", "node_modules/cdk8s/lib/index.js"],
    ["lib/cli/dev/serve.ts", "proxy/control/embedded.ts"],
    ["proxy/control/compile.ts", "lib/routing/lower/lower.ts"],
    ["proxy/dataplane/proxy.ts", "lib/routing/index/build.ts"],
    ["proxy/dataplane/proxy.ts", "lib/routing/rewrite/headers.ts"],
    ["proxy/dataplane/exchange/request-filters.ts", "lib/filters/passage.ts"],
    ["proxy/dataplane/http1/llhttp.ts", "node_modules/undici/lib/llhttp/llhttp-wasm.js"],
  ] as const;
  for (const [from, to] of admitted) {
    it(`admit ${from} → ${to}`, () => assert.deepEqual(broken(from, to), []));
  }
});
