import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { routingModel } from "../../lib/analysis/traffic/model.ts";
import type { AnyObject, Declared } from "../../lib/api/declared/declared.ts";
import { load } from "../../lib/api/load/load.ts";
import { EmbeddedProxy } from "../../proxy/control/embedded.ts";
import type { HostPort } from "../../proxy/control/local-sockets.ts";
import type { GatewayStats } from "../../proxy/dataplane/stats/stats.ts";
import { keyPairFor } from "../unit/dataplane/tls/key-pairs.ts";
import { RecordingBackends, type Seen, tag } from "./backends.ts";
import type { CaseRequest } from "./case.ts";
import { certificate, overTLS } from "./configuration.ts";
import { functions } from "./functions.ts";
import { Connections, type Transport, type WireResponse } from "./transports.ts";

export type { Seen } from "./backends.ts";

/** One request of a client with all its results. */
export interface Exchanged {
  readonly response: WireResponse | "refused";
  /** The requests at the backends: the request itself, its retries, its copies. */
  readonly seen: readonly Seen[];
  /** `RuleIR.id` of the rules whose counters it raised. */
  readonly rules: readonly string[];
  /** `Kind/namespace/name/listener`. */
  readonly listeners: readonly string[];
}

let secret: AnyObject | undefined;

/** A real proxy with recording backends, reached over one transport. */
export class Wire {
  readonly #transport: Transport;
  readonly #backends = new RecordingBackends();
  /** The addresses of backends, set before each configuration is applied. */
  readonly #addresses = new Map<string, HostPort>();
  readonly #embedded: EmbeddedProxy;
  readonly #ports = new Map<number, number>();
  readonly #kept: Connections | undefined;
  #sent = 0;

  /** @param keeps reuses connections for several requests, until the next configuration. */
  constructor(transport: Transport, keeps = false) {
    this.#transport = transport;
    this.#kept = keeps ? new Connections() : undefined;
    this.#embedded = new EmbeddedProxy({
      channel: "standard",
      attach: { undeclared: "exists" },
      backends: this.#addresses,
      onFilterFailure: () => undefined,
    });
  }

  /** Applies a configuration. Its listeners are those of this transport. */
  async apply(declared: readonly Declared[]): Promise<void> {
    this.#kept?.close();
    const own = this.#transport.tls ? [...overTLS(declared), keyPairSecret()] : declared;
    const content = { name: "case.yaml", declared: own, findings: [], filters: functions };
    const { gateways } = routingModel(load([content], { channel: "standard" }), { undeclared: "exists" });
    this.#backends.clear();
    for (const [key, { protocol }] of gateways.flatMap(({ ir }) => Object.entries(ir.backends))) {
      this.#addresses.set(key, { host: "127.0.0.1", port: await this.#backends.portOf(key, protocol === "h2c") });
    }
    const { sockets } = await this.#embedded.apply([content]);
    this.#ports.clear();
    for (const { port, localPort, error } of sockets) {
      assert.equal(error, undefined);
      this.#ports.set(port, localPort);
    }
  }

  /** Sends one request, and waits until each backend has received the expected number of copies. */
  async send(request: CaseRequest, copies: Readonly<Record<string, number>> = {}): Promise<Exchanged> {
    const { method = "GET", url, headers = {}, authority, body = "" } = request;
    const [, scheme = "", host = "", port, target = ""] = /^(https?):\/\/([^/:]+)(?::(\d+))?(.*)$/.exec(url) ?? [];
    const own = Number(port ?? (scheme === "https" ? 443 : 80));
    const localPort = this.#ports.get(own);
    assert.ok(localPort !== undefined, `${url}: port ${own} is not open`);
    const number = String(++this.#sent);
    const before = this.#counts();
    const sent = {
      ...{ method, target, body, serverName: host },
      authority: authority ?? (port === undefined ? host : `${host}:${port}`),
      headers: { ...headers, [tag]: number },
    };
    const response = await this.#transport.send(localPort, sent, this.#kept);
    const answerer = response === "refused" ? undefined : response.headers["x-recorded-by"];
    await this.#awaitCopies(number, copies, answerer);
    const after = this.#counts();
    const counted = (kind: "rules" | "listeners") =>
      [...after[kind]].filter(([name, count]) => count > (before[kind].get(name) ?? 0)).map(([name]) => name);
    return { response, seen: this.#backends.seen(number), rules: counted("rules"), listeners: counted("listeners") };
  }

  async close(): Promise<void> {
    this.#kept?.close();
    await this.#embedded.close();
    this.#backends.close();
  }

  /** Waits for copies, which may arrive after the response. */
  async #awaitCopies(number: string, copies: Readonly<Record<string, number>>, answerer?: string): Promise<void> {
    const deadline = performance.now() + 30_000;
    for (const [backend, count] of Object.entries(copies)) {
      const wanted = backend === answerer ? count + 1 : count;
      while (this.#backends.seen(number).filter((each) => each.backend === backend).length < wanted) {
        if (performance.now() > deadline) throw new Error(`${count} copies have not come to ${backend}`);
        await sleep(1);
      }
    }
  }

  #counts(): { readonly rules: ReadonlyMap<string, number>; readonly listeners: ReadonlyMap<string, number> } {
    const gateways: GatewayStats[] = [...this.#embedded.proxy.stats.gateways.values()];
    return {
      rules: new Map(gateways.flatMap(({ rules }) => [...rules].map(([id, { requests }]) => [id, requests] as const))),
      listeners: new Map(
        gateways.flatMap(({ listeners }) => [...listeners].map(([key, { total }]) => [key, total] as const)),
      ),
    };
  }
}

/** Makes one certificate for all cases, which do not test the presented certificate. */
function keyPairSecret(): Declared {
  if (secret === undefined) {
    const { certificates, key } = keyPairFor(["acme.io", "*.acme.io", "*.io", "*.org"]);
    const data = (text: string) => Buffer.from(text).toString("base64");
    secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: certificate },
      type: "kubernetes.io/tls",
      data: { "tls.crt": data(certificates), "tls.key": data(key) },
    } as AnyObject;
  }
  return { object: secret, origin: { construct: "secret" } };
}
