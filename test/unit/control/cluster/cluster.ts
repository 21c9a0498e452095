import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ownProfile } from "../../../../lib/routing/attach/controller-profile.ts";
import { Controller } from "../../../../proxy/control/cluster/controller.ts";
import type { GatewayConfiguration } from "../../../../proxy/control/cluster/data-planes.ts";
import type { GatewayFacts } from "../../../../proxy/control/cluster/status/facts.ts";
import type { ApiServer } from "../../../../proxy/sources/kubernetes/api-server.ts";
import { Store } from "../../sources/kubernetes/store.ts";

const group = "/apis/gateway.networking.k8s.io/v1";
const core = "/api/v1";
export const controllerName = "gatewright.dev/gateway-controller";
const pending = { status: "Unknown", reason: "Pending", message: "No proxy yet." } as const;

/** An API server with the collections that a controller reads, and a controller that deploys nothing. */
export class Cluster {
  readonly store = new Store();
  readonly deployed: (readonly GatewayConfiguration[])[] = [];
  readonly log: string[] = [];
  facts: GatewayFacts | undefined = { addresses: [], programmed: pending };
  #changed: () => void = () => {};
  #server: ApiServer | undefined;
  readonly #running: (() => Promise<void>)[] = [];

  constructor() {
    for (const plural of ["gatewayclasses", "gateways", "httproutes", "referencegrants", "backendtlspolicies"])
      this.store.serve(`${group}/${plural}`);
    for (const plural of ["services", "namespaces", "secrets", "configmaps"]) this.store.serve(`${core}/${plural}`);
  }

  /** Starts a controller. A second one waits for the lease. */
  async start(t: TestContext): Promise<Controller> {
    this.#server ??= await this.store.listen(t);
    const controller = new Controller(this.#server, {
      controllerName,
      instance: `gatewright-${this.#running.length}`,
      abilities: { profile: ownProfile },
      lease: { namespace: "gatewright", name: "controller", lease: 2_000, renew: 1_000, retry: 100 },
      dataPlanes: (_server, _term, changed) => {
        this.#changed = changed;
        return { deploy: (gateways) => this.deployed.push(gateways), facts: () => this.facts };
      },
      log: (level, message, fields) => this.log.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
      keepUp: 20,
      patience: { firstBackoff: 10, longestBackoff: 50, absent: 50 },
    });
    const stop = new AbortController();
    const ended = controller.run(stop.signal);
    const end = async () => {
      stop.abort();
      await ended;
    };
    this.#running.push(end);
    t.after(end);
    return controller;
  }

  /** Stops the controller that was started first. */
  async endFirst(): Promise<void> {
    await this.#running[0]?.();
  }

  know(facts: GatewayFacts | undefined): void {
    this.facts = facts;
    this.#changed();
  }

  put(plural: string, namespace: string, name: string, spec: unknown): void {
    this.store.put(`${group}/${plural}`, namespace, name, spec);
  }

  /** @param texts the data of the Secret, not in base64. */
  putSecret(namespace: string, name: string, type: string, texts: Readonly<Record<string, string>>): void {
    const data = Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
    this.store.putFields(`${core}/secrets`, namespace, name, { type, data: Object.fromEntries(data) });
  }

  putConfigMap(namespace: string, name: string, data: Readonly<Record<string, string>>): void {
    this.store.putFields(`${core}/configmaps`, namespace, name, { data });
  }

  /** Returns the newest configuration that was deployed for a Gateway, `namespace/name`. */
  configuration(gateway: string): GatewayConfiguration | undefined {
    return this.deployed.at(-1)?.find(({ name }) => name === gateway);
  }

  status(plural: string, namespace: string, name: string): string {
    return JSON.stringify(this.store.get(`${group}/${plural}`, namespace, name)?.status ?? {});
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    for (let tries = 0; tries < 1_000; tries++) {
      if (holds()) return;
      await sleep(5);
    }
    assert.fail(`never: ${what}; log:\n${this.log.join("\n")}`);
  }
}
