import { isContract } from "../contract/read.ts";
import { groupOf } from "../conversion/versions.ts";
import type { AnyObject } from "../declared/declared.ts";
import { kindDefinition, kinds } from "../kinds/kinds.ts";
import { extensionKey } from "./extension.ts";
import type { Loaded } from "./load.ts";

/** The number of objects of a kind. */
export interface KindCount {
  readonly apiVersion: string;
  readonly kind: string;
  readonly count: number;
}

/** The numbers of objects in a set of sources. */
export interface Inventory {
  /** Objects of the kinds that are checked, whether valid or not. Kinds are in the order of the API's documentation. */
  readonly checked: readonly KindCount[];
  /** Objects of all other kinds, which are passed through unchanged. Kinds are sorted by name. */
  readonly passedOver: readonly KindCount[];
}

/** Counts the objects of a set of sources by kind. Kinds that are checked are counted separately from the others. */
export function inventory({ authored, contracts, extensions }: Loaded): Inventory {
  const registered = new Set(extensions.kinds.map(extensionKey));
  const isChecked = ({ apiVersion, kind }: AnyObject) =>
    kindDefinition(apiVersion, kind) !== undefined ||
    registered.has(extensionKey({ group: groupOf(apiVersion), kind }));
  const objects = authored.map(({ object }) => object).filter((object) => !isContract(object));
  return {
    checked: [...counts(objects.filter(isChecked)).sort(byKindTable), ...counts(contracts.map(({ object }) => object))],
    passedOver: counts(objects.filter((object) => !isChecked(object))).sort(byName),
  };
}

function counts(objects: readonly Pick<AnyObject, "apiVersion" | "kind">[]): KindCount[] {
  const found = new Map<string, KindCount>();
  for (const { apiVersion, kind } of objects) {
    const key = `${apiVersion} ${kind}`;
    found.set(key, { apiVersion, kind, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found.values()];
}

function byKindTable(a: KindCount, b: KindCount): number {
  return placeInTable(a) - placeInTable(b) || byName(a, b);
}

function placeInTable({ apiVersion, kind }: KindCount): number {
  const place = kinds.findIndex((known) => known.kind === kind && known.group === groupOf(apiVersion));
  return place === -1 ? kinds.length : place;
}

function byName(a: KindCount, b: KindCount): number {
  return a.kind.localeCompare(b.kind, "en") || a.apiVersion.localeCompare(b.apiVersion, "en");
}
