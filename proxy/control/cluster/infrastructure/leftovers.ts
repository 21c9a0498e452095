import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { isConflict, isNotFound } from "../../../sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../../sources/kubernetes/api-server.ts";
import { pathOf } from "../../../sources/kubernetes/resource.ts";
import { controllerAnnotation } from "./made.ts";
import { madeResource } from "./made-kinds.ts";

/** A Gateway of ours, and the objects that it needs now. */
export interface Owner {
  /** The uid of the Gateway. */
  readonly uid: string;
  /** The name of its objects. */
  readonly name: string;
  readonly objects: readonly AnyObject[];
  /** Its proxies are ready and enforce the configuration, behind a Service with an address: `Programmed` is True. */
  readonly serves: boolean;
}

export interface LeftoversOptions {
  readonly controllerName: string;
  readonly onDeleted: (object: AnyObject) => void;
  readonly onFailure: (object: AnyObject, error: Error) => void;
  /** Called some time after a failure, to repeat the sweep. */
  readonly again: () => void;
  /** Milliseconds from a failure to that call. Default: 10 s. */
  readonly wait?: number;
}

/** The order of deletion: clients move to the new Service before the old proxies end. */
const deletion = ["Service", "PodDisruptionBudget", "Deployment", "ServiceAccount", "ConfigMap"];

/**
 * Deletes objects that an existing Gateway no longer needs but still owns: objects under the name of its previous
 * class, the disruption budget when one proxy is left, and all objects of a Gateway that now belongs to another
 * controller. The objects of a deleted Gateway are left to the garbage collector.
 */
export class Leftovers {
  readonly #server: ApiServer;
  readonly #options: LeftoversOptions;
  readonly #deleting = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(server: ApiServer, options: LeftoversOptions) {
    this.#server = server;
    this.#options = options;
  }

  /**
   * Deletes what is left over.
   *
   * @param made every object in the cluster that was made for proxies.
   * @param foreign uids of Gateways whose class names another controller. Only what the cluster says counts: a Gateway
   *   that is unknown, or whose class is unknown, keeps its objects.
   */
  sweep(made: readonly AnyObject[], owners: readonly Owner[], foreign: ReadonlySet<string>): void {
    if (this.#stopped) return;
    const byUid = new Map(owners.map((owner) => [owner.uid, owner]));
    const left = made.filter((object) => this.#isLeft(object, byUid, foreign));
    left.sort((a, b) => deletion.indexOf(a.kind) - deletion.indexOf(b.kind));
    const waiting = left.filter(({ metadata }) => !this.#deleting.has(uidOf(metadata)));
    for (const { metadata } of waiting) this.#deleting.add(uidOf(metadata));
    void this.#delete(waiting);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #isLeft(object: AnyObject, owners: ReadonlyMap<string, Owner>, foreign: ReadonlySet<string>): boolean {
    const { deletionTimestamp, annotations = {}, name } = object.metadata;
    const uid = ownerOf(object);
    if (uid === undefined || deletionTimestamp !== undefined) return false;
    const controller = annotations[controllerAnnotation];
    if (foreign.has(uid)) return controller === this.#options.controllerName;
    const owner = owners.get(uid);
    if (owner === undefined || (controller !== undefined && controller !== this.#options.controllerName)) return false;
    if (owner.objects.some((wanted) => wanted.kind === object.kind && wanted.metadata.name === name)) return false;
    return name === owner.name || owner.serves;
  }

  /**
   * Deletes objects one after another. The uid in the precondition protects an object that has been made under the same
   * name since.
   */
  async #delete(objects: readonly AnyObject[]): Promise<void> {
    for (const object of objects) {
      const { kind, metadata } = object;
      const uid = uidOf(metadata);
      try {
        if (this.#stopped) return;
        await this.#server.json({
          method: "DELETE",
          path: pathOf(madeResource(kind), metadata.namespace, metadata.name),
          body: { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background", preconditions: { uid } },
        });
        this.#options.onDeleted(object);
      } catch (error) {
        if (this.#stopped || isNotFound(error) || isConflict(error)) continue;
        this.#options.onFailure(object, error as Error);
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#options.again();
        }, this.#options.wait ?? 10_000);
        this.#timer.unref();
      } finally {
        this.#deleting.delete(uid);
      }
    }
  }
}

function uidOf(metadata: AnyObject["metadata"]): string {
  return metadata.uid ?? "";
}

function ownerOf({ metadata }: AnyObject): string | undefined {
  const { ownerReferences = [] } = metadata as { readonly ownerReferences?: readonly { kind: string; uid: string }[] };
  return ownerReferences.find(({ kind }) => kind === "Gateway")?.uid;
}
