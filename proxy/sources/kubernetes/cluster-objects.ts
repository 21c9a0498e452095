import { groupOf } from "../../../lib/api/conversion/versions.ts";
import type { AnyObject, Declared } from "../../../lib/api/declared/declared.ts";
import type { KindDefinition } from "../../../lib/api/kinds/kinds.ts";
import type { ObjectReference } from "../../../lib/findings/finding.ts";
import type { ApiServer } from "./api-server.ts";
import { type Patience, Reflector, type ReflectorSink } from "./reflector.ts";
import { versionOf } from "./resource.ts";

/** One kind to keep up with, or as many of its objects as are selected: a kind may be watched in several parts. */
export interface Watched {
  readonly kind: KindDefinition;
  /** As in the API; such as `type=kubernetes.io/tls` for Secrets. */
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** What is kept of an object; undefined: nothing, as if it were not there. Default: all but `metadata.managedFields`. */
  readonly keep?: (object: AnyObject) => AnyObject | undefined;
}

export interface ClusterObjectsOptions {
  readonly watched: readonly Watched[];
  /** Called after each change, with the object as it is now or, if it is gone, as it was last; many come in one turn. */
  readonly onChange: (change: Change) => void;
  /** The API server could not be read: for the log. Objects known so far stay. */
  readonly onFailure: (kind: string, error: Error) => void;
  readonly patience?: Partial<Patience>;
}

export interface Change {
  readonly object: AnyObject;
  /** Absent: the object is gone. */
  readonly now?: AnyObject;
  /** Absent: the object is new. */
  readonly before?: AnyObject;
}

/** The objects of several kinds in a cluster, as they are now. */
export class ClusterObjects {
  /** Fulfilled once every kind has been listed, those that the API server does not have included. */
  readonly synced: Promise<void>;
  readonly #origin: { readonly cluster: string };
  readonly #kinds: readonly KindObjects[];

  constructor(server: ApiServer, { watched, onChange, onFailure, patience = {} }: ClusterObjectsOptions) {
    this.#origin = { cluster: server.address };
    this.#kinds = watched.map(({ kind, ...selection }) => {
      const resources = kind.versions.map(({ name }) => versionOf(kind, name));
      const objects = new KindObjects(kind, onChange, (error) => onFailure(kind.kind, error));
      objects.reflector = new Reflector(server, { resources, patience, ...selection }, objects);
      return objects;
    });
    this.synced = Promise.all(this.#kinds.map(({ listed }) => listed)).then(() => {});
  }

  /** Keeps up until the signal; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#kinds.map(({ reflector }) => reflector?.run(signal)));
  }

  /** All objects, in the order of the kinds. */
  declared(): Declared[] {
    const { cluster } = this.#origin;
    return this.#kinds.flatMap(({ objects }) => [...objects].map((object) => ({ object, origin: { cluster } })));
  }

  /** The object as it is now, in whatever version it is read; undefined if there is none. */
  get({ apiVersion, kind, namespace = "", name }: ObjectReference): AnyObject | undefined {
    const group = groupOf(apiVersion);
    for (const part of this.#kinds) {
      const found =
        part.definition.kind === kind && part.definition.group === group && part.get(`${namespace}/${name}`);
      if (found) return found;
    }
    return undefined;
  }
}

class KindObjects implements ReflectorSink {
  reflector: Reflector | undefined;
  readonly definition: KindDefinition;
  readonly listed: Promise<void>;
  readonly #objects = new Map<string, AnyObject>();
  readonly #onChange: (change: Change) => void;
  readonly #onFailure: (error: Error) => void;
  #markListed: () => void = () => {};

  constructor(definition: KindDefinition, onChange: (change: Change) => void, onFailure: (error: Error) => void) {
    this.definition = definition;
    this.#onChange = onChange;
    this.#onFailure = onFailure;
    this.listed = new Promise((resolve) => {
      this.#markListed = resolve;
    });
  }

  get(key: string): AnyObject | undefined {
    return this.#objects.get(key);
  }

  get objects(): Iterable<AnyObject> {
    return this.#objects.values();
  }

  replace(objects: readonly AnyObject[]): void {
    const keys = new Set(objects.map(keyOf));
    for (const [key, object] of [...this.#objects]) if (!keys.has(key)) this.remove(object);
    for (const object of objects) this.upsert(object);
    this.#markListed();
  }

  /** A version that is known already, as after a list, is no change. */
  upsert(object: AnyObject): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before !== undefined && versionOfObject(before) === versionOfObject(object)) return;
    this.#objects.set(key, object);
    this.#onChange({ object, now: object, ...(before && { before }) });
  }

  remove(object: AnyObject): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before === undefined) return;
    this.#objects.delete(key);
    this.#onChange({ object: before, before });
  }

  failed(error: Error): void {
    this.#onFailure(error);
  }
}

function keyOf({ metadata: { namespace = "", name } }: AnyObject): string {
  return `${namespace}/${name}`;
}

/** The store's version of an object; a recreated one of the same name has another. */
function versionOfObject({ metadata }: AnyObject): unknown {
  return (metadata as { readonly resourceVersion?: string }).resourceVersion;
}
