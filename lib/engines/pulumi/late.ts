import { isSecret, type Output, output } from "@pulumi/pulumi";
import { readContract } from "../../api/contract/read.ts";
import type { AnyObject, Declared } from "../../api/declared/declared.ts";
import { isLate } from "../../api/declared/late.ts";
import { plain } from "../../targets/plain.ts";

/**
 * Replaces late values by the values that have become known. Resolves once every late value is known, or cannot become
 * known in this run, as in a preview. Unknown values stay late. Secret values stay late as well, so that they are never
 * printed.
 */
export async function whenKnown(declared: readonly Declared[]): Promise<readonly Declared[]> {
  const values = new Map<unknown, unknown>();
  for (const { object } of declared) await collect(object, values);
  return declared.map(({ object, origin }) => ({ object: filledIn(object, values) as AnyObject, origin }));
}

/** Returns the contracts that have become known, without malformed ones, which are reported when read. */
export async function contractsWhenKnown(later: readonly Declared<unknown>[]): Promise<readonly Declared[]> {
  const known = await whenKnown(later as readonly Declared[]);
  return known.filter(({ object }) => !isLate(object) && readContract(object).contract !== undefined);
}

/**
 * Returns the names of objects with secret values, because the recorded state contains their plain text. If the name of
 * such an object is itself unknown or secret, the list contains `everything`.
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

/** Stands for the name of an object that is unknown or secret. */
export const everything = "*";

/** Returns the fields of an object that hold late values. */
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

/** The part of an Output that reports whether it is known. It works even where `apply` would never call back. */
interface Resolved {
  readonly isKnown: Promise<boolean>;
  promise(): Promise<unknown>;
}

/** Returns the value of a late value, or the late value itself if it is unknown or secret. */
async function valueNow(late: unknown): Promise<unknown> {
  const resolved: Output<unknown> = output(late);
  const { isKnown } = resolved as unknown as Resolved;
  try {
    if (!(await isKnown) || (await isSecret(resolved))) return late;
    return await (resolved as unknown as Resolved).promise();
  } catch {
    // The resource behind the value failed, and the engine reports that.
    return late;
  }
}

function filledIn(value: unknown, values: ReadonlyMap<unknown, unknown>): unknown {
  if (isLate(value)) return values.get(value);
  if (Array.isArray(value)) return value.map((item) => filledIn(item, values));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filledIn(member, values)]));
}
