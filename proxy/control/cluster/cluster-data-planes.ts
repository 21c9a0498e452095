import { setTimeout as sleep } from "node:timers/promises";
import { ServerCredentials } from "@grpc/grpc-js";
import type { KindDefinition } from "../../../lib/api/kinds.ts";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";
import { type Change, ClusterObjects } from "../../sources/kubernetes/cluster-objects.ts";
import type { Patience } from "../../sources/kubernetes/reflector.ts";
import type { Log } from "../log.ts";
import { StreamServer } from "../stream/server.ts";
import { assignmentOf, requestsOf } from "./addresses.ts";
import { authenticate } from "./authentication.ts";
import type { DataPlanes, GatewayConfiguration } from "./data-planes.ts";
import { Applier, type Refusal } from "./infrastructure/applier.ts";
import type { Installation } from "./infrastructure/installation.ts";
import { childName } from "./infrastructure/names.ts";
import { objectsOf } from "./infrastructure/objects.ts";
import type { Parameters } from "./infrastructure/parameters.ts";
import { withAnyClusterIP } from "./infrastructure/service.ts";
import { readinessOf } from "./observed.ts";
import { addressesAssigned, type Known, programmedOf, standsAsTold, takeover } from "./programmed.ts";
import { NoSuchGateway, RefusedProxies, type StreamCounts } from "./refused-proxies.ts";
import type { GatewayFacts } from "./status/facts.ts";
import { type StreamIdentity, type StreamIdentityOptions, streamIdentity } from "./stream-identity.ts";

export interface ClusterDataPlanesOptions {
  readonly installation: Omit<Installation, "authority">;
  readonly identity: StreamIdentityOptions;
  readonly parametersOf: (gateway: GatewayConfiguration) => Parameters;
  /** Where the stream is served, such as `[::]:15010`. */
  readonly address: string;
  readonly log: Log;
  /** Counted here, over all terms of the process. */
  readonly counts: StreamCounts;
  readonly patience?: Partial<Patience>;
}

/** Kinds that tell how the proxies are. */
const deployments: KindDefinition = {
  group: "apps",
  kind: "Deployment",
  plural: "deployments",
  scope: "Namespaced",
  versions: [{ name: "v1", channels: ["standard", "experimental"] }],
};
const services: KindDefinition = { ...deployments, group: "", kind: "Service", plural: "services" };

/** For so long after a change, in milliseconds, proxies that are behind do not count as such. */
const settlingTime = 5_000;

/** The proxies of Gateways as Deployments and Services in the Gateways' namespaces, fed by the stream. */
export class ClusterDataPlanes implements DataPlanes {
  readonly #server: ApiServer;
  readonly #options: ClusterDataPlanesOptions;
  readonly #changed: () => void;
  readonly #applier: Applier;
  readonly #refused: RefusedProxies;
  #stream: StreamServer | undefined;
  #identity: StreamIdentity | undefined;
  readonly #observed: ClusterObjects;
  readonly #gateways = new Map<string, { readonly configuration: GatewayConfiguration; at: number }>();
  /** When the condition of a Gateway was last True. */
  readonly #settled = new Map<string, boolean>();
  #settling: NodeJS.Timeout | undefined;
  /** When the Deployments and Services that there are had been read. */
  #known: number | undefined;
  #takingOver: NodeJS.Timeout | undefined;

  constructor(server: ApiServer, options: ClusterDataPlanesOptions, changed: () => void) {
    const { log, patience } = options;
    this.#server = server;
    this.#options = options;
    this.#changed = changed;
    this.#applier = new Applier(server, {
      onFailure: ({ kind, metadata: { namespace, name } }, error) =>
        log("error", "an object of a proxy was not applied", { kind, namespace, name, why: error.message }),
      otherwise: (object) => (object.kind === "Service" ? withAnyClusterIP(object) : undefined),
      onRefusal: changed,
    });
    this.#refused = new RefusedProxies(log);
    const labelSelector = "app.kubernetes.io/managed-by=gatewright,app.kubernetes.io/name=gatewright-proxy";
    this.#observed = new ClusterObjects(server, {
      watched: [deployments, services].map((kind) => ({ kind, labelSelector })),
      onChange: (change) => this.#onChange(change),
      onFailure: (kind, error) => log("warn", "the API server could not be read", { kind, why: error.message }),
      ...(patience && { patience }),
    });
  }

  /** Serves until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    void this.#observed.synced.then(() => {
      this.#known = performance.now();
      this.#takingOver = setTimeout(this.#changed, takeover + 1_000);
      this.#changed();
    });
    await Promise.all([this.#observed.run(signal), this.#keepIdentity(signal)]);
    clearTimeout(this.#takingOver);
    clearTimeout(this.#settling);
    this.#stream?.close();
    this.#applier.stop();
  }

  deploy(gateways: readonly GatewayConfiguration[]): void {
    const now = performance.now();
    const named = new Set(gateways.map(({ name }) => name));
    for (const name of this.#gateways.keys()) if (!named.has(name)) this.#gateways.delete(name);
    for (const configuration of gateways) this.#gateways.set(configuration.name, { configuration, at: now });
    this.#apply();
    // Whoever is behind by then is.
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#changed(), settlingTime + 100);
  }

  /** Certificates are renewed long before they end: a look now and then is enough, and a failure is no haste. */
  async #keepIdentity(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let wait = 3_600_000;
      try {
        const identity = await streamIdentity(this.#server, this.#options.identity, this.#identity, Date.now());
        if (identity !== this.#identity) await this.#serveAs(identity);
      } catch (error) {
        this.#options.log("error", "the stream is not served", { why: (error as Error).message });
        wait = 5_000;
      }
      await sleep(wait, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** Proxies that lose their stream go on with what they have, and come back at once. */
  async #serveAs(identity: StreamIdentity): Promise<void> {
    const { address, log, installation, counts } = this.#options;
    const { certificates, key } = identity.pair;
    this.#stream?.close();
    const stream = new StreamServer({
      address,
      credentials: ServerCredentials.createSsl(null, [
        { cert_chain: Buffer.from(certificates), private_key: Buffer.from(key) },
      ]),
      authenticate: (metadata, { namespace, name }) =>
        authenticate(this.#server, installation.audience, metadata, this.#accountOf(`${namespace}/${name}`)),
      onChange: () => this.#changed(),
      onRefused: (gateway, instance, error) => {
        counts.refused++;
        this.#refused.refused(gateway, instance, error);
      },
      onMalformed: (client, why) => {
        counts.malformed++;
        this.#refused.malformed(client, why);
      },
    });
    const port = await stream.listen();
    log("info", "the stream is served", { port });
    this.#stream = stream;
    this.#identity = identity;
    this.#apply();
  }

  /** What there is to apply and to send, as soon as it is known whom the proxies are to trust. */
  #apply(): void {
    if (this.#identity === undefined) return;
    const { parametersOf } = this.#options;
    const installation = { ...this.#options.installation, authority: this.#identity.authority };
    const gateways = [...this.#gateways.values()].map(({ configuration }) => configuration);
    const accepted = gateways.filter(({ attachment }) => attachment.accepted);
    this.#applier.want(
      new Map(accepted.map((one) => [one.name, objectsOf(one, parametersOf(one), installation)] as const)),
    );
    this.#stream?.publish(
      new Map(gateways.map(({ name, ir, keyPairs, trustAnchors }) => [name, { ir, keyPairs, trustAnchors }] as const)),
    );
  }

  facts(name: string): GatewayFacts | undefined {
    if (this.#known === undefined) return undefined;
    const known = this.#gateways.get(name);
    if (known === undefined)
      return { addresses: [], programmed: { status: "Unknown", reason: "Pending", message: "Waiting." } };
    const { configuration, at } = known;
    const reference = { namespace: configuration.ir.gateway.namespace, name: childOf(configuration) };
    const service = this.#observed.get({ apiVersion: "v1", kind: "Service", ...reference });
    const assignment = assignmentOf(requestsOf(configuration.attachment), service);
    const readiness = readinessOf(this.#observed.get({ apiVersion: "apps/v1", kind: "Deployment", ...reference }));
    const proxies = this.#stream?.proxies(name) ?? [];
    const settling = this.#settled.get(name) === true && performance.now() - at < settlingTime;
    const refusal = refusalOf(this.#applier.refusal(name));
    const programmed = programmedOf({ proxies, assignment, settling, refusal, ...readiness });
    if (standsAsTold(programmed, readiness.ready, performance.now() - this.#known)) return undefined;
    this.#settled.set(name, programmed.status === "True");
    const { addresses } = assignment;
    return {
      addresses,
      assigned: addressesAssigned(assignment),
      programmed,
      unavailable: unavailable(configuration, proxies),
    };
  }

  #accountOf(gateway: string): string {
    const known = this.#gateways.get(gateway);
    if (known === undefined) throw new NoSuchGateway(gateway);
    return `${known.configuration.ir.gateway.namespace}/${childOf(known.configuration)}`;
  }

  /** What is gone, or not as it was applied, is applied again; the rest is news of how the proxies are. */
  #onChange({ object, now, before }: Change): void {
    this.#changed();
    const isGone = now === undefined;
    const isOther = before !== undefined && now?.metadata.generation !== before.metadata.generation;
    if (!isGone && !isOther) return;
    for (const [name, { configuration }] of this.#gateways) {
      if (configuration.ir.gateway.namespace !== object.metadata.namespace) continue;
      if (childOf(configuration) === object.metadata.name) this.#applier.again(name);
    }
  }
}

/** In the words of a condition: a quota answers 403, a value that is not allowed 422. */
function refusalOf(refusal: Refusal | undefined): Known["refusal"] {
  if (refusal === undefined) return undefined;
  const { object, error } = refusal;
  const { namespace, name } = object.metadata;
  const message = `The API server refuses ${object.kind} ${namespace}/${name}: ${error.answer}`;
  return { status: error.status, message };
}

function childOf({ ir, attachment }: GatewayConfiguration): string {
  return childName(ir.gateway.name, String(attachment.declared.object.spec.gatewayClassName));
}

/** Listeners whose port no proxy that is current could open. */
function unavailable(
  { ir }: GatewayConfiguration,
  proxies: ReturnType<StreamServer["proxies"]>,
): ReadonlyMap<string, string> {
  const closed = new Map(proxies.flatMap((proxy) => proxy.closed.map(({ port, message }) => [port, message] as const)));
  const found = new Map<string, string>();
  for (const { port, listeners } of ir.ports) {
    const message = closed.get(port);
    if (message === undefined) continue;
    for (const { parent, name } of listeners)
      found.set(`${parent.kind}/${parent.namespace}/${parent.name}/${name}`, message);
  }
  return found;
}
