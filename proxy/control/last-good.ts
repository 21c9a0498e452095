import type { AnyObject, Declared } from "../../lib/api/declared/declared.ts";
import type { ApiObject, Channel } from "../../lib/api/index.ts";
import type { Extensions } from "../../lib/api/load/extension.ts";
import type { IgnoreRule } from "../../lib/api/load/ignoring.ts";
import { type Loaded, load, type SourceContent } from "../../lib/api/load/load.ts";
import type { FilterModule } from "../../lib/api/load/sources.ts";
import type { Finding, ObjectReference } from "../../lib/findings/finding.ts";

/** The objects to serve, and those whose newest version is not among them. */
export interface AdmittedObjects {
  readonly objects: readonly Declared<ApiObject>[];
  /** The filters that are registered for ExtensionRef, and their objects. */
  readonly extensions: Extensions<Declared>;
  /** The modules that register the filters. */
  readonly filters: readonly FilterModule[];
  /** All findings of the newest content. */
  readonly findings: readonly Finding[];
  /** Rules for findings to ignore. */
  readonly ignores: readonly IgnoreRule[];
  /** Objects whose newest version is refused or cannot be read. Their previous version is served. */
  readonly kept: readonly ObjectReference[];
  /** Objects that are refused and have no previous valid version. */
  readonly leftOut: readonly ObjectReference[];
  /** The text of each file, to find the positions of further findings. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Accepts the content of sources as an API server would. If validation refuses a version of an object, the previous
 * version stays, or the object is absent; valid objects beside it are accepted. A source that cannot be read, in whole
 * or in part, removes no object.
 */
export class LastGood {
  readonly #channel: Channel;
  readonly #sources = new Map<string, readonly Declared[]>();
  readonly #filters = new Map<string, FilterModule>();
  #objects = new Map<string, Declared<ApiObject>>();
  #extensions = new Map<string, Declared>();

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  admit(contents: readonly SourceContent[]): AdmittedObjects {
    const readable = contents.map((content) => this.#withUnread(content));
    const loaded = withoutLatePorts(load(readable, { channel: this.#channel }));
    const { kept, leftOut, objects, extensions } = this.#withRefused(loaded);
    const unread = readable.flatMap(({ restored }) => restored.map(({ object }) => referenceOf(object)));
    this.#objects = byIdentity(objects);
    this.#extensions = byIdentity(extensions.objects);
    const filters = readable.flatMap((content) => content.filters ?? []);
    const { findings, ignores, texts } = loaded;
    return { objects, extensions, filters, findings, ignores, kept: [...unread, ...kept], leftOut, texts };
  }

  /** Adds to a source's content the previous objects of the parts that can no longer be read. */
  #withUnread(content: SourceContent): SourceContent & { readonly restored: readonly Declared[] } {
    const unreadable = content.findings.filter(({ severity, object }) => severity === "error" && object === undefined);
    const present = new Set(content.declared.map(({ object }) => identity(referenceOf(object))));
    const before = this.#sources.get(content.name) ?? [];
    const restored = before.filter(
      ({ object, origin }) =>
        !present.has(identity(referenceOf(object))) &&
        unreadable.some((finding) => couldHide(finding, content.name, origin)),
    );
    const declared = [...content.declared, ...restored.map(withoutLine)];
    this.#sources.set(content.name, declared);
    const filters = content.filters ?? (unreadable.length > 0 ? this.#filters.get(content.name) : undefined);
    if (filters === undefined) this.#filters.delete(content.name);
    else this.#filters.set(content.name, filters);
    return { ...content, declared, restored, ...(filters === undefined ? {} : { filters }) };
  }

  /** Adds to the valid objects the last good version of those whose newest version was refused. */
  #withRefused({ objects, extensions, findings }: Loaded) {
    const valid = new Set([...objects, ...extensions.objects].map(({ object }) => identity(referenceOf(object))));
    const kept: Declared<ApiObject>[] = [];
    const keptExtensions: Declared[] = [];
    const leftOut: ObjectReference[] = [];
    const seen = new Set<string>();
    for (const { severity, ignored, object } of findings) {
      if ((ignored?.severity ?? severity) !== "error" || object === undefined) continue;
      const key = identity(object);
      if (valid.has(key) || seen.has(key)) continue;
      seen.add(key);
      const good = this.#objects.get(key);
      const extension = this.#extensions.get(key);
      if (good !== undefined) kept.push(withoutLine(good));
      else if (extension !== undefined) keptExtensions.push(withoutLine(extension));
      else leftOut.push(object);
    }
    return {
      objects: [...objects, ...kept],
      extensions: { ...extensions, objects: [...extensions.objects, ...keptExtensions] },
      kept: [...kept, ...keptExtensions].map(({ object }) => referenceOf(object)),
      leftOut,
    };
  }
}

/** Leaves out objects with a listener port that becomes known only later, with an error: it cannot be opened. */
function withoutLatePorts(loaded: Loaded): Loaded {
  const portsOf = (declared: Declared<ApiObject>) =>
    loaded.late.fieldsOf(declared).filter((field) => /^spec\.listeners\[\d+\]\.port$/.test(field));
  const refused = loaded.objects.flatMap((declared) =>
    portsOf(declared).map(
      (field): Finding => ({
        code: "GW1173",
        severity: "error",
        message: "The port of this listener becomes known only later, so that nothing can listen on it.",
        object: referenceOf(declared.object),
        origin: declared.origin,
        field,
        fix: "Give the port when the program is served.",
      }),
    ),
  );
  if (refused.length === 0) return loaded;
  const objects = loaded.objects.filter((declared) => portsOf(declared).length === 0);
  return { ...loaded, objects, findings: [...loaded.findings, ...refused] };
}

/** Drops the line of a kept object: it no longer has that position in the file. */
function withoutLine<T>({ object, origin }: Declared<T>): Declared<T> {
  return { object, origin: "file" in origin ? { file: origin.file } : origin };
}

/** Returns whether an object at `origin` may be missing only because of this finding. */
function couldHide(finding: Finding, source: string, origin: Declared["origin"]): boolean {
  if (finding.origin === undefined || !("file" in finding.origin)) return true;
  if (!("file" in origin)) return true;
  return finding.origin.file === origin.file || finding.origin.file === source;
}

function byIdentity<T extends AnyObject | ApiObject>(objects: readonly Declared<T>[]): Map<string, Declared<T>> {
  return new Map(objects.map((declared) => [identity(referenceOf(declared.object)), declared]));
}

function referenceOf({
  apiVersion,
  kind,
  metadata,
}: Pick<AnyObject, "apiVersion" | "kind" | "metadata">): ObjectReference {
  const { namespace, name } = metadata;
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}

/** Identifies an object. API versions do not matter, and an absent namespace is `default`. */
function identity({ kind, namespace, name }: ObjectReference): string {
  return `${kind} ${namespace ?? "default"}/${name}`;
}
