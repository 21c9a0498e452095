import type { AnyObject, Declared } from "../../lib/api/declared/declared.ts";
import type { FilterModule } from "../../lib/api/load/sources.ts";
import { defineFilter } from "../../lib/filters/definition.ts";

/** Filters for ExtensionRef for every configuration here: one that reads, one that rewrites, one that refuses. */

const group = "acme.io";

const mark = defineFilter({
  group,
  kind: "Mark",
  request({ method, host, path, query, headers }, { name }) {
    const value = JSON.stringify([method, host, path, query, headers.get("x-one"), headers.get("cookie")]);
    const outcome = { headers: { add: { [`x-seen-${name}`]: value } } };
    return name === "late" ? Promise.resolve(outcome) : outcome;
  },
});

const move = defineFilter({
  group,
  kind: "Move",
  request: ({ path, query }) => (path === "*" ? undefined : { path: `/moved${path}`, query, host: "moved.io:81" }),
});

const deny = defineFilter({
  group,
  kind: "Deny",
  request: ({ headers }) => (headers.get("x-two") === "1" ? { respond: { status: 403, body: "denied" } } : undefined),
});

export const functions: FilterModule = { path: "/functions.ts", version: "1", kinds: [mark, move, deny] };

/** The objects that routes reference, by kind and name. */
export const functionObjects: readonly Declared[] = [
  ["Mark", "soon"],
  ["Mark", "late"],
  ["Move", "soon"],
  ["Deny", "soon"],
].map(([kind = "", name = ""]) => ({
  object: { apiVersion: `${group}/v1`, kind, metadata: { name } } as AnyObject,
  origin: { construct: `${kind}/${name}` },
}));
