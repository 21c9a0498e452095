import type { AnyObject, Declared } from "../../../lib/api/declared/declared.ts";
import type { ObjectReference } from "../../../lib/findings/finding.ts";
import type { Attachment, AttachOptions } from "../../../lib/routing/attach/attachment.ts";
import { ownProfile } from "../../../lib/routing/attach/controller-profile.ts";
import type { GatewayIR } from "../../../lib/routing/ir.ts";
import { lowerGateway } from "../../../lib/routing/lower/lower.ts";
import type { ApiServer } from "../../sources/kubernetes/api-server.ts";
import type { Change } from "../../sources/kubernetes/cluster-objects.ts";
import { referenceOf } from "../../sources/kubernetes/object-key.ts";
import { type Compiled, compile } from "../compile.ts";
import type { Log } from "../log.ts";
import type { DataPlanes, GatewayConfiguration } from "./data-planes.ts";
import type { InstalledCrds } from "./installed-crds.ts";
import { ChangeFilter } from "./interest.ts";
import type { LastGoodObjects } from "./last-good.ts";
import { Events } from "./status/events.ts";
import { clusterStatuses } from "./status/statuses.ts";
import { StatusWriter } from "./status/writer.ts";

export interface TermOptions {
  readonly controllerName: string;
  /** Names this process: the name of its pod. */
  readonly instance: string;
  /** The features that the proxies support. */
  readonly abilities: Partial<AttachOptions>;
  readonly dataPlanes: DataPlanes;
  /** Returns the CRDs of the Gateway API in the cluster, if they are known. */
  readonly crds: () => InstalledCrds | undefined;
  readonly log: Log;
}

/** The current objects of the cluster. */
export interface Cluster {
  declared(): readonly Declared[];
  get(reference: ObjectReference): AnyObject | undefined;
}

/** Milliseconds for which changes are gathered: a rollout or an `apply` causes many at a time. */
const gathering = 5;

/** The work of a controller while it leads: it compiles objects to configurations and statuses whenever they change. */
export class LeaderReconciler {
  readonly #cluster: Cluster;
  readonly #options: TermOptions;
  readonly #attach: AttachOptions;
  readonly #controllerNames: ReadonlySet<string>;
  readonly #lastGood: LastGoodObjects;
  readonly #writer: StatusWriter;
  #interest: ChangeFilter | undefined;
  #compiled: Compiled | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stale = true;
  /** Milliseconds of the last compilation. A pause of the same length follows, so that half of the time is left. */
  #cost = 0;
  /** Number of compilations so far. */
  compilations = 0;

  constructor(server: ApiServer, cluster: Cluster, lastGood: LastGoodObjects, options: TermOptions) {
    const { controllerName, instance, log } = options;
    this.#cluster = cluster;
    this.#lastGood = lastGood;
    this.#options = options;
    this.#attach = {
      profile: ownProfile,
      ...options.abilities,
      undeclared: "missing",
      controllerNames: [controllerName],
    };
    this.#controllerNames = new Set([controllerName]);
    const events = new Events(server, {
      controller: controllerName,
      instance,
      onFailure: (error) => log("warn", "an Event was not written", { why: error.message }),
    });
    this.#writer = new StatusWriter(server, {
      controllerNames: this.#controllerNames,
      current: (reference) => cluster.get(reference),
      onRefused: (object, condition) => void events.refused(object, condition),
      onFailure: (object, error) => log("warn", "a status was not written", { ...object, why: error.message }),
    });
  }

  get statusWrites(): number {
    return this.#writer.writes;
  }

  /** Schedules the first compilation. */
  begin(): void {
    this.#schedule();
  }

  changed(change: Change): void {
    if (this.#interest?.concerns(change) !== false) {
      this.#stale = true;
      this.#schedule();
    }
    this.#writer.seen(referenceOf(change.object));
  }

  /** Notes that facts of a data plane have changed: statuses are written again, and nothing is compiled. */
  factsChanged(): void {
    this.#schedule();
  }

  /** Ends the term: nothing is written after it. */
  end(): void {
    clearTimeout(this.#timer);
    this.#writer.stop();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#reconcile();
      },
      gathering + (this.#stale ? this.#cost : 0),
    );
  }

  /** Compiles and writes statuses. If our code throws, the previous configuration stays in force. */
  #reconcile(): void {
    try {
      if (this.#stale) this.#compile();
      if (this.#compiled === undefined) return;
      const { attachment } = this.#compiled;
      const { dataPlanes, crds } = this.#options;
      this.#writer.want(clusterStatuses(attachment, (name) => dataPlanes.facts(name), crds()));
    } catch (error) {
      this.#options.log("error", "the configuration could not be made", { why: (error as Error).stack });
    }
  }

  #compile(): void {
    const begun = performance.now();
    this.#stale = false;
    // No installation registers custom filters: a rule that references one is refused with that reason.
    const { objects, standing } = this.#lastGood.admit(this.#cluster.declared());
    const compiled = compile({ objects }, { ...this.#attach, standing });
    this.#compiled = compiled;
    this.#interest = new ChangeFilter(compiled.attachment, this.#controllerNames);
    this.#options.dataPlanes.deploy(this.#configurations(compiled), foreignGateways(objects, this.#controllerNames));
    this.compilations++;
    this.#cost = performance.now() - begun;
  }

  #configurations({ attachment, gateways }: Compiled): readonly GatewayConfiguration[] {
    return [...gateways, ...refusedGateways(attachment)].flatMap((ir) => {
      const name = `${ir.gateway.namespace}/${ir.gateway.name}`;
      const gateway = attachment.gateways.get(name);
      if (gateway === undefined) return [];
      const keyPairs = this.#lastGood.certificates.keyPairs([ir]);
      const trustAnchors = this.#lastGood.certificates.trustAnchors([ir]);
      return [{ name, attachment: gateway, ir, keyPairs, trustAnchors }];
    });
  }
}

/**
 * Returns the uids of the Gateways whose class exists and names another controller. A missing class decides nothing: it
 * may be ours, and be created again.
 */
function foreignGateways(objects: readonly Declared[], controllerNames: ReadonlySet<string>): ReadonlySet<string> {
  const foreign = new Set<unknown>();
  for (const { object } of objects) {
    if (object.kind !== "GatewayClass") continue;
    const { controllerName } = object.spec as { readonly controllerName?: unknown };
    if (typeof controllerName === "string" && !controllerNames.has(controllerName)) foreign.add(object.metadata.name);
  }
  const gateways = objects.filter(
    ({ object }) =>
      object.kind === "Gateway" &&
      foreign.has((object.spec as { readonly gatewayClassName?: unknown }).gatewayClassName),
  );
  return new Set(gateways.flatMap(({ object }) => object.metadata.uid ?? []));
}

/**
 * Compiles the Gateways that are not accepted. If none of the listeners is accepted, that closes the ports of the
 * proxies. For another reason, such as invalid settings, traffic stays as it is. The objects of the proxies are left
 * alone, but routes, endpoints and certificates are still updated.
 */
function refusedGateways(attachment: Attachment): readonly GatewayIR[] {
  return [...attachment.gateways.values()]
    .filter(({ accepted }) => !accepted)
    .map((gateway) => lowerGateway(attachment, gateway));
}
