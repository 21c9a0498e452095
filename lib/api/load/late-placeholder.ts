import { type Finding, sourceOf } from "../../findings/finding.ts";
import { referenceTo } from "../conversion/ledger.ts";
import type { AnyObject, Declared } from "../declared/declared.ts";
import { isLate, isStringifiedOutput, lateAsText, placeholder, type WithoutLate } from "../declared/late.ts";
import { fieldOf, valueAt } from "../schema/field-path.ts";
import { prepare } from "../schema/input.ts";

/**
 * Stands for a late value in all stages that read objects. An engine's own value is unsuitable as text: Pulumi prints a
 * warning, and a plain object becomes `[object Object]`. A placeholder is `(late 1)` in keys, messages, pictures and
 * JSON. No valid name, namespace or hostname has that text, so a placeholder equals no known value.
 */
export class LatePlaceholder {
  readonly [placeholder] = true;
  readonly #text: string;

  constructor(index: number) {
    this.#text = `(late ${index})`;
    Object.freeze(this);
  }

  /** Makes the placeholder a late value for {@link isLate}, so that code that reads values skips it. */
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
  /** The text of each late value, with the first place of the value, such as `acme/store/web spec.hostnames[0]`. */
  readonly places: ReadonlyMap<string, string>;
  /** All late fields, with the kinds of their objects. */
  readonly fields: readonly { readonly kind: string; readonly field: string }[];
  /** Returns the late fields of an object. */
  fieldsOf(declared: Identified): readonly string[];
}

/** The parts of a declared object that identify it in a set. */
interface Identified extends Pick<Declared, "origin"> {
  readonly object: Pick<AnyObject, "kind" | "metadata">;
}

/**
 * Replaces late values by placeholders, one per distinct value: an Output that occurs twice gets one placeholder.
 * Objects without late values are returned unchanged.
 */
export class LateEntry implements LateValues {
  readonly places = new Map<string, string>();
  readonly fields: { readonly kind: string; readonly field: string }[] = [];
  /** Errors about late values that were converted to texts (GW1172). */
  readonly findings: Finding[] = [];
  readonly #isLate: (value: unknown) => boolean;
  readonly #placeholders = new Map<unknown, LatePlaceholder>();
  readonly #fields = new Map<string, readonly string[]>();

  /** @param isLateHere recognizes further late values, such as Terraform tokens in a program. Default: none. */
  constructor(isLateHere: (value: unknown) => boolean = isLate) {
    this.#isLate = isLateHere;
  }

  /** Returns a copy with placeholders, or the object itself if it has no late values. */
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
    // All stages read these two fields as text, even for objects that validation rejects.
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

/** Identifies an object by its source, kind and name, since one source may contain several objects. */
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
 * Replaces placeholders by their texts, for stages that read names, hostnames and ports as plain values. These stages
 * compare and print the texts, which match no request and no object. Lowering recognizes the text of a late weight.
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

/** Returns true if a text contains the text of a placeholder. */
export function speaksOfLate(text: string): boolean {
  return /\(late \d+\)/.test(text);
}

/**
 * Copies an object and applies `replacement` to each text, number and late value. Returns the object itself if nothing
 * changes. Never throws, for any object.
 */
function replaced(object: unknown, replacement: (value: unknown) => unknown): unknown {
  const done = new Map<object, unknown>();
  const visit = (value: unknown): unknown => {
    if (value === null || typeof value !== "object" || isLate(value)) return replacement(value);
    if (done.has(value)) return done.get(value);
    // Validation reports an object that contains itself.
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
      // A getter's value is unknown until it is read, and reading may throw. Validation reports getters.
      const member = "value" in descriptor ? visit(descriptor.value) : undefined;
      changed ||= name !== key || ("value" in descriptor && member !== descriptor.value);
      Object.defineProperty(copy, name, "value" in descriptor ? { ...descriptor, value: member } : descriptor);
    }
    return changed ? copy : record;
  };
  try {
    return visit(object);
  } catch {
    // The object is nested too deeply for the stack, or a proxy throws when it is read. Validation reports both.
    return object;
  }
}
