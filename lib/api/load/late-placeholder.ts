import { type Finding, sourceOf } from "../../findings/finding.ts";
import { referenceTo } from "../conversion/ledger.ts";
import type { AnyObject, Declared } from "../declared/declared.ts";
import { isLate, isStringifiedOutput, lateAsText, placeholder, type WithoutLate } from "../declared/late.ts";
import { fieldOf, valueAt } from "../schema/field-path.ts";
import { prepare } from "../schema/input.ts";

/**
 * Stands for one late value in everything that reads objects. Whatever an engine's own value does when it is turned
 * into text (Pulumi writes a warning, a plain object `[object Object]`), a placeholder is `(late 1)` in a key, a message,
 * a picture and JSON. No name, namespace or hostname can be that text, so a late value equals no known one.
 */
export class LatePlaceholder {
  readonly [placeholder] = true;
  readonly #text: string;

  constructor(index: number) {
    this.#text = `(late ${index})`;
    Object.freeze(this);
  }

  /** Makes it a late value for {@link isLate}: what reads values rather than text leaves it alone. */
  apply(): this {
    return this;
  }

  toString(): string {
    return this.#text;
  }

  toJSON(): string {
    return this.#text;
  }
}

/** The late values of a set of objects. */
export interface LateValues {
  /** The text of each late value and the first place where it stands, such as `acme/store/web spec.hostnames[0]`. */
  readonly places: ReadonlyMap<string, string>;
  /** Every late field, by the kind of its object. */
  readonly fields: readonly { readonly kind: string; readonly field: string }[];
  /** The late fields of an object; none for an object without late values. */
  fieldsOf(declared: Identified): readonly string[];
}

/** What tells an object from the others of a set. */
interface Identified extends Pick<Declared, "origin"> {
  readonly object: Pick<AnyObject, "kind" | "metadata">;
}

/**
 * Replaces late values by placeholders, one for each value: the same Output in two places is the same placeholder, two
 * Outputs are two. Objects without late values are returned as they are.
 */
export class LateEntry implements LateValues {
  readonly places = new Map<string, string>();
  readonly fields: { readonly kind: string; readonly field: string }[] = [];
  /** Errors about texts that late values have become (GW1172). */
  readonly findings: Finding[] = [];
  readonly #isLate: (value: unknown) => boolean;
  readonly #placeholders = new Map<unknown, LatePlaceholder>();
  readonly #fields = new Map<string, readonly string[]>();

  /** @param isLateHere tells what is late besides values of the shape of late values. */
  constructor(isLateHere: (value: unknown) => boolean = isLate) {
    this.#isLate = isLateHere;
  }

  /** The object with placeholders; itself if it has no late values. */
  enter(declared: Declared): Declared {
    const stringified: LatePlaceholder[] = [];
    const object = replaced(declared.object, (value) => {
      if (this.#isLate(value)) return this.#placeholderOf(value);
      if (typeof value !== "string" || !isStringifiedOutput(value)) return value;
      const lost = this.#placeholderOf(Symbol("a late value that has become text"));
      stringified.push(lost);
      return lost;
    }) as AnyObject;
    if (object === declared.object) return declared;
    const { apiVersion, kind } = object;
    // Every stage reads these two as text, also where the validation refuses the object.
    if (isLate(apiVersion)) Object.assign(object, { apiVersion: lateAsText(apiVersion) });
    if (isLate(kind)) Object.assign(object, { kind: lateAsText(kind) });
    const entered = { ...declared, object };
    const { late } = prepare(object);
    this.#fields.set(identityOf(entered), late.map(fieldOf));
    for (const path of late) {
      const [field, value] = [fieldOf(path), valueAt(object, path)];
      this.fields.push({ kind: lateAsText(object.kind), field });
      const place = "construct" in declared.origin ? `${declared.origin.construct} ${field}` : field;
      if (!this.places.has(String(value))) this.places.set(String(value), place);
      if (stringified.includes(value as LatePlaceholder)) this.findings.push(lostIn(entered, field));
    }
    return entered;
  }

  fieldsOf(declared: Identified): readonly string[] {
    return this.#fields.get(identityOf(declared)) ?? [];
  }

  #placeholderOf(late: unknown): LatePlaceholder {
    const known = this.#placeholders.get(late) ?? new LatePlaceholder(this.#placeholders.size + 1);
    this.#placeholders.set(late, known);
    return known;
  }
}

/** The source of an object, its kind and name, since a source may have several objects. */
function identityOf({ object, origin }: Identified): string {
  return JSON.stringify([sourceOf(origin), object.kind, object.metadata?.name]);
}

function lostIn({ object, origin }: Declared, field: string): Finding {
  return {
    code: "GW1172",
    severity: "error",
    message: "A late value has been turned into text here, and the text is a warning of Pulumi, not the value.",
    object: referenceTo(object),
    origin,
    field,
    fix: "Write pulumi.interpolate or output.apply(…) in place of the template literal.",
  };
}

/**
 * An object in which text stands in place of placeholders, for stages that read names, hostnames and ports as they are: they
 * compare and print them, and none of them can be met by a request or an object. Lowering reads the text of a late weight.
 */
export function withLateTexts<T>(object: T): WithoutLate<T> {
  return withText(object) as WithoutLate<T>;
}

function withText(value: unknown): unknown {
  if (value instanceof LatePlaceholder) return value.toString();
  if (Array.isArray(value)) {
    const items = value.map(withText);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (value === null || typeof value !== "object") return value;
  const members = Object.entries(value).map(([name, member]) => [name, withText(member)] as const);
  const changed = members.some(([name, member]) => member !== (value as Readonly<Record<string, unknown>>)[name]);
  return changed ? Object.fromEntries(members) : value;
}

/** Whether a text speaks of a late value. */
export function speaksOfLate(text: string): boolean {
  return /\(late \d+\)/.test(text);
}

/**
 * A copy with `replacement` of every text, number and late value, or the object itself if nothing is replaced. Never
 * throws, whatever the object holds.
 */
function replaced(object: unknown, replacement: (value: unknown) => unknown): unknown {
  const done = new Map<object, unknown>();
  const visit = (value: unknown): unknown => {
    if (value === null || typeof value !== "object" || isLate(value)) return replacement(value);
    if (done.has(value)) return done.get(value);
    // An object that contains itself is left to the validation, which reports it.
    done.set(value, value);
    const copy = Array.isArray(value) ? listOf(value) : recordOf(value);
    done.set(value, copy);
    return copy;
  };
  const listOf = (items: readonly unknown[]): unknown => {
    const copies = items.map(visit);
    return copies.some((copy, index) => copy !== items[index]) ? copies : items;
  };
  const recordOf = (record: object): unknown => {
    if (Object.prototype.toString.call(record) !== "[object Object]") return record;
    const copy: Record<string, unknown> = {};
    let changed = false;
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(record))) {
      if (!descriptor.enumerable) continue;
      const name = String(replacement(key));
      // What a getter returns is not known before it is read, and to read it may throw: the validation reports that.
      const member = "value" in descriptor ? visit(descriptor.value) : undefined;
      changed ||= name !== key || ("value" in descriptor && member !== descriptor.value);
      Object.defineProperty(copy, name, "value" in descriptor ? { ...descriptor, value: member } : descriptor);
    }
    return changed ? copy : record;
  };
  try {
    return visit(object);
  } catch {
    // The object is nested too deeply for the stack, or a proxy refuses to be read: the validation reports both.
    return object;
  }
}
