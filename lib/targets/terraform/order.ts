import type { AnyObject } from "../../api/declared/declared.ts";
import { rankOf } from "../order.ts";

/**
 * What stands on what in one root module, in groups of the order of application: each object waits for the whole group
 * before its own, by one resource that stands for it. Written object by object, a thousand routes behind a hundred Services
 * would be a hundred thousand dependencies.
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

/** The groups of these objects, in the order of application; none is empty. */
export function inGroups(objects: readonly AnyObject[]): (readonly [Group, readonly AnyObject[]])[] {
  const grouped = new Map<Group, AnyObject[]>(groups.map(({ name }) => [name, []]));
  for (const object of objects) grouped.get(groupOfRank(rankOf(object)))?.push(object);
  return [...grouped].filter(([, members]) => members.length > 0);
}

/** The group of the objects of a rank. */
export function groupOfRank(rank: number): Group {
  return groups.find(({ upTo }) => rank <= upTo)?.name ?? "routes";
}

/** The groups that are applied before this one, the nearest first. */
export function groupsBefore(group: Group): Group[] {
  const names = groups.map(({ name }) => name);
  return names.slice(0, names.indexOf(group)).reverse();
}
