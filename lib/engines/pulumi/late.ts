import { isSecret, type Output, output } from "@pulumi/pulumi";
import { readContract } from "../../api/contract/read.ts";
import type { AnyObject, Declared } from "../../api/declared/declared.ts";
import { isLate } from "../../api/declared/late.ts";
import { plain } from "../../targets/plain.ts";

/**
 * The objects with the values that have become known: resolves when every late value is known, or cannot be in this run,
 * as in a preview. What is not known stays late, and so does what is secret: its content is for nobody to print.
 */
export async function whenKnown(declared: readonly Declared[]): Promise<readonly Declared[]> {
  const values = new Map<unknown, unknown>();
  for (const { object } of declared) await collect(object, values);
  return declared.map(({ object, origin }) => ({ object: filledIn(object, values) as AnyObject, origin }));
}

/** The contracts that have become known. One that is malformed is told where the name in it is read. */
export async function contractsWhenKnown(later: readonly Declared<unknown>[]): Promise<readonly Declared[]> {
  const known = await whenKnown(later as readonly Declared[]);
  return known.filter(({ object }) => !isLate(object) && readContract(object).contract !== undefined);
}

/**
 * The objects that hold a secret value: what is recorded of them tells it to whoever reads it back. One whose own name
 * is not known is told as `everything`, since nobody could tell it from the others.
 */
export async function holdSecrets(
  objects: readonly AnyObject[],
  nameOf: (object: AnyObject) => string,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const object of objects) {
    const late = new Map<unknown, unknown>();
    await collect(object, late);
    const secrets = await Promise.all(Array.from(late.keys(), (value) => isSecret(output(value))));
    if (!secrets.includes(true)) continue;
    const { metadata } = (await whenKnown([{ object, origin: { construct: "" } }]))[0]?.object ?? object;
    const isNamed = !isLate(metadata.name) && !isLate(metadata.namespace);
    found.push(isNamed ? nameOf({ ...object, metadata }) : everything);
  }
  return found;
}

/** In place of the name of an object that has none that may be told. */
export const everything = "*";

/** Where late values stand in an object. */
export function lateFields(object: AnyObject): readonly string[] {
  const { notPlain } = plain(object, isLate);
  return notPlain.filter(({ problem }) => problem === "late").map(({ field }) => field);
}

async function collect(value: unknown, values: Map<unknown, unknown>): Promise<void> {
  if (isLate(value)) {
    if (!values.has(value)) values.set(value, await valueNow(value));
  } else if (value !== null && typeof value === "object") {
    for (const member of Object.values(value)) await collect(member, values);
  }
}

/** What an Output tells of itself when it is resolved, also where `apply` would never call back. */
interface Resolved {
  readonly isKnown: Promise<boolean>;
  promise(): Promise<unknown>;
}

/** The value, or the late value itself. */
async function valueNow(late: unknown): Promise<unknown> {
  const resolved: Output<unknown> = output(late);
  const { isKnown } = resolved as unknown as Resolved;
  try {
    if (!(await isKnown) || (await isSecret(resolved))) return late;
    return await (resolved as unknown as Resolved).promise();
  } catch {
    // The resource that the value comes from has failed, and the engine says so.
    return late;
  }
}

function filledIn(value: unknown, values: ReadonlyMap<unknown, unknown>): unknown {
  if (isLate(value)) return values.get(value);
  if (Array.isArray(value)) return value.map((item) => filledIn(item, values));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filledIn(member, values)]));
}
