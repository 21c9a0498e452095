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
import { Interest } from "./interest.ts";
import type { LastGood } from "./last-good.ts";
import { Events } from "./status/events.ts";
import { clusterStatuses } from "./status/statuses.ts";
import { StatusWriter } from "./status/writer.ts";

export interface TermOptions {
  readonly controllerName: string;
  /** This process: the pod's name. */
  readonly instance: string;
  /** What the proxies can do. */
  readonly abilities: Partial<AttachOptions>;
  readonly dataPlanes: DataPlanes;
  /** The CRDs of the Gateway API that the cluster has, as far as that is known. */
  readonly crds: () => InstalledCrds | undefined;
  readonly log: Log;
}

/** The objects of the cluster, as they are when asked. */
export interface Cluster {
  declared(): readonly Declared[];
  get(reference: ObjectReference): AnyObject | undefined;
}

/** Changes are gathered for this long, in milliseconds: a rollout or an `apply` brings many at a time. */
const gathering = 5;

/** What a controller does while it leads: from objects to configurations and statuses, whenever something changes. */
export class Term {
  readonly #cluster: Cluster;
  readonly #options: TermOptions;
  readonly #attach: AttachOptions;
  readonly #controllerNames: ReadonlySet<string>;
  readonly #lastGood: LastGood;
  readonly #writer: StatusWriter;
  #interest: Interest | undefined;
  #compiled: Compiled | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stale = true;
  /** How long the last compilation took, in milliseconds: as long a pause follows, so that half the time is left. */
  #cost = 0;
  /** Compilations so far. */
  compilations = 0;

  constructor(server: ApiServer, cluster: Cluster, lastGood: LastGood, options: TermOptions) {
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

  /** Begins, with all there is. */
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

  /** The data plane of a Gateway has news: statuses follow, and nothing is compiled. */
  factsChanged(): void {
    this.#schedule();
  }

  /** Nothing is written any more. */
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

  /** A defect of ours fails what it concerns, and leaves in force what was. */
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
    // Without filters of one's own, which no installation brings: a rule that names one is refused with the reason.
    const { objects, standing } = this.#lastGood.admit(this.#cluster.declared());
    const compiled = compile({ objects }, { ...this.#attach, standing });
    this.#compiled = compiled;
    this.#interest = new Interest(compiled.attachment, this.#controllerNames);
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
 * Uids of the Gateways whose class is there and names another controller. A class that is not known says nothing: it may
 * be ours, and be made again.
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
 * Gateways that are not accepted: because none of their listeners is, which closes what their proxies have served until
 * now; or for something else, such as their settings, which changes nothing of their traffic. Their proxies are left as
 * they are, and follow routes, endpoints and certificates all the same.
 */
function refusedGateways(attachment: Attachment): readonly GatewayIR[] {
  return [...attachment.gateways.values()]
    .filter(({ accepted }) => !accepted)
    .map((gateway) => lowerGateway(attachment, gateway));
}
