import { groupOf } from "../../../lib/api/conversion/versions.ts";
import type { AnyObject, Declared } from "../../../lib/api/declared/declared.ts";
import type { KindDefinition } from "../../../lib/api/kinds/kinds.ts";
import type { ObjectReference } from "../../../lib/findings/finding.ts";
import type { ApiServer } from "./api-server.ts";
import { type Patience, Reflector, type ReflectorSink } from "./reflector.ts";
import { versionOf } from "./resource.ts";

/** A kind to watch, in whole or restricted by selectors: several entries may watch parts of one kind. */
export interface Watched {
  readonly kind: KindDefinition;
  /** A field selector of the API, such as `type=kubernetes.io/tls` for Secrets. */
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /**
   * Maps an object to the part of it to keep; undefined drops the object, as if it did not exist. Default: keeps all
   * but `metadata.managedFields`.
   */
  readonly keep?: (object: AnyObject) => AnyObject | undefined;
}

export interface ClusterObjectsOptions {
  readonly watched: readonly Watched[];
  /** Called after each change; several calls may come in one turn of the event loop. */
  readonly onChange: (change: Change) => void;
  /** Called when the API server could not be read, to log it. The objects read before stay. */
  readonly onFailure: (kind: string, error: Error) => void;
  readonly patience?: Partial<Patience>;
}

export interface Change {
  readonly object: AnyObject;
  /** The new version. Absent: the object was deleted. */
  readonly now?: AnyObject;
  /** The version before. Absent: the object is new. */
  readonly before?: AnyObject;
}

/** Mirrors the objects of several kinds of a cluster. */
export class ClusterObjects {
  /** Resolves once every kind has been listed. A kind that the API server does not serve counts as listed. */
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

  /** Watches the objects until the signal; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#kinds.map(({ reflector }) => reflector?.run(signal)));
  }

  /** Returns all objects, in the order of the kinds. */
  declared(): Declared[] {
    const { cluster } = this.#origin;
    return this.#kinds.flatMap(({ objects }) => [...objects].map((object) => ({ object, origin: { cluster } })));
  }

  /** Returns the current version of an object, whatever API version it is read in; undefined if it does not exist. */
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

  /** A list repeats versions that are known already; they are no changes. */
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

/** Returns the resourceVersion of an object. An object that was deleted and made again has another one. */
function versionOfObject({ metadata }: AnyObject): unknown {
  return (metadata as { readonly resourceVersion?: string }).resourceVersion;
}
