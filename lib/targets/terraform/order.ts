import type { AnyObject } from "../../api/declared/declared.ts";
import { rankOf } from "../order.ts";

/**
 * Groups of the order of application in one root module. Each object depends on one resource that represents the whole
 * previous group. With dependencies between single objects, a thousand routes after a hundred Services would need a
 * hundred thousand.
 */
const groups = [
  { name: "namespaces", upTo: 19 },
  { name: "grants_and_services", upTo: 49 },
  { name: "workloads", upTo: 59 },
  { name: "classes", upTo: 69 },
  { name: "gateways", upTo: 70 },
  { name: "listener_sets", upTo: 71 },
  { name: "routes", upTo: 99 },
] as const;

export type Group = (typeof groups)[number]["name"];

/** Groups objects in the order of application. Empty groups are left out. */
export function inGroups(objects: readonly AnyObject[]): (readonly [Group, readonly AnyObject[]])[] {
  const grouped = new Map<Group, AnyObject[]>(groups.map(({ name }) => [name, []]));
  for (const object of objects) grouped.get(groupOfRank(rankOf(object)))?.push(object);
  return [...grouped].filter(([, members]) => members.length > 0);
}

/** Returns the group of a rank. */
export function groupOfRank(rank: number): Group {
  return groups.find(({ upTo }) => rank <= upTo)?.name ?? "routes";
}

/** Returns the groups that are applied before a group, the nearest first. */
export function groupsBefore(group: Group): Group[] {
  const names = groups.map(({ name }) => name);
  return names.slice(0, names.indexOf(group)).reverse();
}
