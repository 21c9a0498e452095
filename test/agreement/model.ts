import assert from "node:assert/strict";
import { type RoutedGateway, routingModel } from "../../lib/analysis/traffic/model.ts";
import type { SimulatedRequest } from "../../lib/analysis/traffic/route-request.ts";
import { type SimulatedAnswer, simulate, simulateRunning } from "../../lib/analysis/traffic/simulate.ts";
import type { Declared } from "../../lib/api/declared/declared.ts";
import { load } from "../../lib/api/load/load.ts";
import type { CaseRequest } from "./case.ts";
import { functions } from "./functions.ts";

/** The model of a configuration's only Gateway. The Secret for TLS is assumed to exist. */
export class Model {
  readonly gateway: RoutedGateway;

  constructor(declared: readonly Declared[]) {
    const loaded = load([{ name: "case.yaml", declared, findings: [], filters: functions }], { channel: "standard" });
    assert.deepEqual(
      loaded.findings.filter(({ severity }) => severity === "error"),
      [],
    );
    const [gateway] = routingModel(loaded, { undeclared: "exists" }).gateways;
    assert.ok(gateway !== undefined, "a configuration has one Gateway");
    this.gateway = gateway;
  }

  answer(request: CaseRequest): SimulatedAnswer {
    return simulate(this.gateway, asked(request));
  }

  /** Simulates a request and runs its custom filters. */
  run(request: CaseRequest): Promise<SimulatedAnswer> {
    return simulateRunning(this.gateway, asked(request));
  }

  /** Returns whether some listener accepts the host of a request. */
  isListenedFor({ url }: CaseRequest): boolean {
    const { origin } = new URL(url);
    const { status, listener } = this.answer({ url: `${origin}/` });
    return listener !== undefined || status === undefined;
  }

  /** Returns the `RuleIR.id` of `namespace/name#index`. */
  idOf(rule: string): string {
    const found = Object.values(this.gateway.ir.rules).find(
      ({ route, index }) => `${route.namespace}/${route.name}#${index}` === rule,
    );
    assert.ok(found !== undefined, `no rule ${rule}`);
    return found.id;
  }
}

/** Returns the request for the model: the host as the client writes it is a Host field. */
function asked({ method = "GET", url, headers = {}, authority }: CaseRequest): SimulatedRequest {
  return { method, url, headers: authority === undefined ? headers : { ...headers, host: authority } };
}
