import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { ServerCredentials } from "@grpc/grpc-js";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import type { KindDefinition } from "../../../lib/api/kinds/kinds.ts";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";
import { type Change, ClusterObjects } from "../../sources/kubernetes/cluster-objects.ts";
import type { Patience } from "../../sources/kubernetes/reflector.ts";
import type { Log } from "../log.ts";
import { StreamServer } from "../stream/server.ts";
import { assignmentOf, requestsOf } from "./addresses.ts";
import { authenticate } from "./authentication.ts";
import type { DataPlanes, GatewayConfiguration } from "./data-planes.ts";
import { Applier, type ApplyRefusal } from "./infrastructure/applier.ts";
import type { Installation } from "./infrastructure/installation.ts";
import { Leftovers } from "./infrastructure/leftovers.ts";
import { deployments, madeSelector, otherMadeKinds, services } from "./infrastructure/made-kinds.ts";
import { childName } from "./infrastructure/names.ts";
import { objectsOf } from "./infrastructure/objects.ts";
import { ForeignObject } from "./infrastructure/ownership.ts";
import type { Parameters } from "./infrastructure/parameters.ts";
import { withAnyClusterIP } from "./infrastructure/service.ts";
import { readinessOf } from "./observed.ts";
import { addressesAssigned, type Known, programmedOf, standsAsTold, takeover } from "./programmed.ts";
import { type DataPlaneCounts, NoSuchGateway, RefusedProxies } from "./refused-proxies.ts";
import { Settling } from "./settling.ts";
import type { GatewayFacts } from "./status/facts.ts";
import { type StreamIdentity, type StreamIdentityOptions, streamIdentity } from "./stream-identity.ts";

export interface ClusterDataPlanesOptions {
  readonly installation: Omit<Installation, "authority">;
  readonly identity: StreamIdentityOptions;
  readonly parametersOf: (gateway: GatewayConfiguration) => Parameters;
  /** Address on which the stream is served, such as `[::]:15010`. */
  readonly address: string;
  readonly log: Log;
  /** Counters, which accumulate over all terms of the process. */
  readonly counts: DataPlaneCounts;
  readonly patience?: Partial<Patience>;
}

/** Runs Gateways' proxies as Deployments and Services in the Gateways' namespaces, configured over the stream. */
export class ClusterDataPlanes implements DataPlanes {
  readonly #server: ApiServer;
  readonly #options: ClusterDataPlanesOptions;
  readonly #changed: () => void;
  readonly #applier: Applier;
  readonly #refused: RefusedProxies;
  #stream: StreamServer | undefined;
  #identity: StreamIdentity | undefined;
  /** Deployments and Services: their status shows the state of the proxies. */
  readonly #observed: ClusterObjects;
  /** The other objects that are made for proxies. */
  readonly #others: ClusterObjects;
  readonly #leftovers: Leftovers;
  readonly #gateways = new Map<string, GatewayConfiguration>();
  #foreign: ReadonlySet<string> = new Set();
  /** The objects to apply for each Gateway. */
  #wanted: ReadonlyMap<string, readonly AnyObject[]> = new Map();
  /** The name of each Gateway's objects when the Gateway was last found to be programmed. */
  readonly #serving = new Map<string, string>();
  readonly #settling: Settling;
  /** When the first list of the Deployments and Services was complete. */
  #known: number | undefined;
  #takingOver: NodeJS.Timeout | undefined;

  constructor(server: ApiServer, options: ClusterDataPlanesOptions, changed: () => void) {
    const { log, patience } = options;
    this.#server = server;
    this.#options = options;
    this.#changed = changed;
    this.#settling = new Settling(changed);
    const describe = ({ kind, metadata: { namespace, name } }: AnyObject) => ({ kind, namespace, name });
    this.#applier = new Applier(server, {
      onFailure: (object, error) =>
        log("error", "an object of a proxy was not applied", { ...describe(object), why: error.message }),
      otherwise: (object) => (object.kind === "Service" ? withAnyClusterIP(object) : undefined),
      onAnswered: changed,
      onRepaired: (object) => {
        options.counts.repaired++;
        log("warn", "an object of a proxy was changed or deleted by another, and is applied again", describe(object));
      },
    });
    this.#leftovers = new Leftovers(server, {
      controllerName: options.installation.controllerName,
      onDeleted: (object) => log("info", "an object that its Gateway has no use for was deleted", describe(object)),
      onFailure: (object, error) =>
        log("error", "an object that its Gateway has no use for was not deleted", {
          ...describe(object),
          why: error.message,
        }),
      again: () => this.#sweep(),
    });
    this.#refused = new RefusedProxies(log);
    const observe = (kinds: readonly KindDefinition[], onChange: (change: Change) => void) =>
      new ClusterObjects(server, {
        watched: kinds.map((kind) => ({ kind, labelSelector: madeSelector })),
        onChange,
        onFailure: (kind, error) => log("warn", "the API server could not be read", { kind, why: error.message }),
        ...(patience && { patience }),
      });
    this.#observed = observe([deployments, services], (change) => {
      this.#changed();
      this.#onChange(change);
    });
    this.#others = observe(otherMadeKinds, (change) => this.#onChange(change));
  }

  /** Serves until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    void this.#observed.synced.then(() => {
      this.#known = performance.now();
      this.#takingOver = setTimeout(this.#changed, takeover + 1_000);
      this.#changed();
    });
    signal.addEventListener("abort", () => this.#end(), { once: true });
    await Promise.all([this.#observed.run(signal), this.#others.run(signal), this.#keepIdentity(signal)]);
    this.#end();
  }

  /** Stops at once, since the next leader serves the stream and applies the objects. */
  #end(): void {
    clearTimeout(this.#takingOver);
    this.#settling.stop();
    this.#stream?.close();
    this.#applier.stop();
    this.#leftovers.stop();
  }

  deploy(gateways: readonly GatewayConfiguration[], foreign: ReadonlySet<string>): void {
    const named = new Set(gateways.map(({ name }) => name));
    for (const name of this.#gateways.keys()) {
      if (named.has(name)) continue;
      this.#gateways.delete(name);
      this.#serving.delete(name);
      this.#settling.forget(name);
    }
    for (const configuration of gateways) this.#gateways.set(configuration.name, configuration);
    this.#foreign = foreign;
    this.#apply();
    this.#sweep();
  }

  /**
   * Keeps the stream's certificate up to date. Certificates are renewed long before they expire, so that checking from
   * time to time is enough, and a failure is not urgent.
   */
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

  /** Serves the stream with a new certificate. Proxies that lose it keep their configuration and reconnect at once. */
  async #serveAs(identity: StreamIdentity): Promise<void> {
    const { address, log, installation, counts } = this.#options;
    const { certificates, key } = identity.pair;
    this.#stream?.close();
    const stream = new StreamServer({
      address,
      credentials: ServerCredentials.createSsl(null, [
        { cert_chain: Buffer.from(certificates), private_key: Buffer.from(key) },
      ]),
      authenticate: async (metadata, { gateway: { namespace, name }, instance }) => {
        const account = this.#accountOf(`${namespace}/${name}`);
        await authenticate(this.#server, installation.audience, metadata, { account, instance });
      },
      onChange: (gateway) => {
        this.#observe(gateway);
        this.#changed();
      },
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

  /** Applies objects and publishes configurations, once the authority that the proxies have to trust is known. */
  #apply(): void {
    if (this.#identity === undefined) return;
    const { parametersOf } = this.#options;
    const installation = { ...this.#options.installation, authority: this.#identity.authority };
    const gateways = [...this.#gateways.values()];
    const applied = gateways.filter(({ attachment }) => attachment.accepted && !isBeingDeleted(attachment));
    this.#wanted = new Map(applied.map((one) => [one.name, objectsOf(one, parametersOf(one), installation)] as const));
    this.#applier.want(this.#wanted);
    this.#stream?.publish(
      new Map(gateways.map(({ name, ir, keyPairs, trustAnchors }) => [name, { ir, keyPairs, trustAnchors }] as const)),
    );
  }

  facts(name: string): GatewayFacts | undefined {
    if (this.#known === undefined) return undefined;
    const configuration = this.#gateways.get(name);
    if (configuration === undefined)
      return { addresses: [], programmed: { status: "Unknown", reason: "Pending", message: "Waiting." } };
    const reference = { namespace: configuration.ir.gateway.namespace, name: childOf(configuration) };
    const service = this.#observed.get({ apiVersion: "v1", kind: "Service", ...reference });
    const assignment = assignmentOf(requestsOf(configuration.attachment), service);
    const readiness = readinessOf(this.#observed.get({ apiVersion: "apps/v1", kind: "Deployment", ...reference }));
    const proxies = this.#stream?.proxies(name) ?? [];
    this.#observe(name);
    const settling = this.#settling.isSettling(name);
    const refusal = refusalOf(this.#applier.refusal(name));
    const applied = this.#applier.isApplied(name);
    const programmed = programmedOf({ proxies, assignment, settling, refusal, applied, ...readiness });
    if (standsAsTold(programmed, readiness.ready, performance.now() - this.#known)) return undefined;
    this.#settling.decided(name, programmed.status === "True");
    this.#serve(name, programmed.status === "True" ? reference.name : undefined);
    const { addresses } = assignment;
    return {
      addresses,
      assigned: addressesAssigned(assignment),
      programmed,
      unavailable: unavailable(configuration, proxies),
    };
  }

  /** Notes whether a change of a Gateway is under way, when something happens: facts are read much less often. */
  #observe(name: string): void {
    const proxies = this.#stream?.proxies(name) ?? [];
    const isBehind = proxies.length === 0 || proxies.some(({ current }) => !current);
    this.#settling.observe(name, isBehind || !this.#applier.isApplied(name));
  }

  /** Notes the name of the objects that serve a Gateway. Once they serve, objects under another name are left over. */
  #serve(name: string, child: string | undefined): void {
    if (this.#serving.get(name) === child) return;
    if (child === undefined) this.#serving.delete(name);
    else this.#serving.set(name, child);
    this.#sweep();
  }

  #sweep(): void {
    const made = [...this.#observed.declared(), ...this.#others.declared()].map(({ object }) => object);
    const owners = [...this.#wanted].flatMap(([gateway, objects]) => {
      const configuration = this.#gateways.get(gateway);
      if (configuration === undefined) return [];
      const name = childOf(configuration);
      const { uid = "" } = configuration.attachment.declared.object.metadata;
      return [{ uid, name, objects, serves: this.#serving.get(gateway) === name }];
    });
    this.#leftovers.sweep(made, owners, this.#foreign);
  }

  #accountOf(gateway: string): string {
    const configuration = this.#gateways.get(gateway);
    if (configuration === undefined) throw new NoSuchGateway(gateway);
    return `${configuration.ir.gateway.namespace}/${childOf(configuration)}`;
  }

  /** Undoes changes that others make. Changes of our own, and changes of a status, are ignored. */
  #onChange({ object, now, before }: Change): void {
    if (now !== undefined && before !== undefined && isDeepStrictEqual(substance(before), substance(now))) return;
    if (before === undefined) this.#sweep();
    else this.#applier.changed(object, now);
  }
}

/**
 * Returns the part of an object that clients write: neither its status nor the metadata that the API server and
 * controllers maintain.
 */
function substance({ status: _, metadata, ...rest }: AnyObject): unknown {
  const { name, namespace, labels, annotations } = metadata;
  const { ownerReferences } = metadata as { readonly ownerReferences?: unknown };
  return { ...rest, metadata: { name, namespace, labels, annotations, ownerReferences } };
}

/**
 * Returns whether a Gateway is being deleted. With foreground deletion it waits until the objects that it owns are
 * gone: if they were made again, it would wait forever. Its proxies receive changes until they end.
 */
function isBeingDeleted({ declared }: GatewayConfiguration["attachment"]): boolean {
  return declared.object.metadata.deletionTimestamp !== undefined;
}

/** Describes a refusal for a condition. An exceeded quota answers 403, an invalid value 422. */
function refusalOf(refusal: ApplyRefusal | undefined): Known["refusal"] {
  if (refusal === undefined) return undefined;
  const { object, error } = refusal;
  if (error instanceof ForeignObject) return { status: 409, message: error.message };
  const { namespace, name } = object.metadata;
  const message = `The API server refuses ${object.kind} ${namespace}/${name}: ${error.answer}`;
  return { status: error.status, message };
}

function childOf({ ir, attachment }: GatewayConfiguration): string {
  return childName(ir.gateway.name, String(attachment.declared.object.spec.gatewayClassName));
}

/** Returns the listeners whose port a proxy could not open, with the reason. */
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
