import { z } from "zod";
import { type Channel, experimental, list, longest, type Rule, type Violation, withRules } from "../schema/schema.ts";
import { duration, headerName, sectionName } from "./fields.ts";
import { type ParentReference, parentReference } from "./references.ts";

/** The fields that all kinds of route share. */
export interface CommonRouteSpec {
  /** Parents, at most 32. References to one parent must differ in sectionName or, in the experimental channel, port. */
  readonly parentRefs?: readonly ParentReference[];
  /** If set to `All`, the route attaches to the default Gateways (GEP-3793). @experimental */
  readonly useDefaultGateways?: "All" | "None";
}

type Parent = { group: string; kind: string; namespace?: string; name: string; sectionName?: string; port?: number };

const oneParent = (namespacesEnd: string) =>
  `p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && (((!has(p1.__namespace__) || p1.__namespace__ == '') && (!has(p2.__namespace__) || p2.__namespace__ == '')) || (has(p1.__namespace__) && has(p2.__namespace__) && p1.__namespace__ == p2.__namespace__${namespacesEnd}))`;

const sameParent = (a: Parent, b: Parent) =>
  a.group === b.group && a.kind === b.kind && a.name === b.name && (a.namespace ?? "") === (b.namespace ?? "");
const sameSection = (a: Parent, b: Parent) => (a.sectionName ?? "") === (b.sectionName ?? "");
const samePort = (a: Parent, b: Parent) => (a.port ?? 0) === (b.port ?? 0);
const bothOrNeither = (a: unknown, b: unknown) => !a === !b;

/** References to one parent must differ in sectionName. In the experimental channel, a different port is enough. */
const parentRules: readonly Rule<readonly Parent[]>[] = [
  {
    code: "GW1230",
    channel: "standard",
    cel: `self.all(p1, self.all(p2, ${oneParent(" ")} ? ((!has(p1.sectionName) || p1.sectionName == '') == (!has(p2.sectionName) || p2.sectionName == '')) : true))`,
    violations: (self) =>
      eachEarlier(
        self,
        (a, b) => sameParent(a, b) && !bothOrNeither(a.sectionName, b.sectionName),
        (i) => ({
          path: [i],
          message: "Two references to one parent must both name a sectionName, or neither.",
          fix: "Add sectionName to each, or merge the references.",
        }),
      ),
  },
  {
    code: "GW1230",
    channel: "standard",
    cel: `self.all(p1, self.exists_one(p2, ${oneParent(" ")} && (((!has(p1.sectionName) || p1.sectionName == '') && (!has(p2.sectionName) || p2.sectionName == '')) || (has(p1.sectionName) && has(p2.sectionName) && p1.sectionName == p2.sectionName))))`,
    violations: (self) =>
      eachEarlier(
        self,
        (a, b) => sameParent(a, b) && sameSection(a, b),
        (i) => ({
          path: [i],
          message: "The same parent is referred to twice.",
          fix: "Remove one reference, or tell them apart by sectionName.",
        }),
      ),
  },
  {
    code: "GW1230",
    channel: "experimental",
    cel: `self.all(p1, self.all(p2, ${oneParent("")} ? ((!has(p1.sectionName) || p1.sectionName == '') == (!has(p2.sectionName) || p2.sectionName == '') && (!has(p1.port) || p1.port == 0) == (!has(p2.port) || p2.port == 0)): true))`,
    violations: (self) =>
      eachEarlier(
        self,
        (a, b) => sameParent(a, b) && !(bothOrNeither(a.sectionName, b.sectionName) && bothOrNeither(a.port, b.port)),
        (i) => ({
          path: [i],
          message: "Two references to one parent must both name a sectionName, or both a port, or both neither.",
          fix: "Add sectionName or port to each, or merge the references.",
        }),
      ),
  },
  {
    code: "GW1230",
    channel: "experimental",
    cel: `self.all(p1, self.exists_one(p2, ${oneParent(" ")} && (((!has(p1.sectionName) || p1.sectionName == '') && (!has(p2.sectionName) || p2.sectionName == '')) || ( has(p1.sectionName) && has(p2.sectionName) && p1.sectionName == p2.sectionName)) && (((!has(p1.port) || p1.port == 0) && (!has(p2.port) || p2.port == 0)) || (has(p1.port) && has(p2.port) && p1.port == p2.port))))`,
    violations: (self) =>
      eachEarlier(
        self,
        (a, b) => sameParent(a, b) && sameSection(a, b) && samePort(a, b),
        (i) => ({
          path: [i],
          message: "The same parent is referred to twice.",
          fix: "Remove one reference, or tell them apart by sectionName or port.",
        }),
      ),
  },
];

/** Returns a violation for each item that is in `relation` to an earlier item. */
export function eachEarlier<T>(
  items: readonly T[],
  relation: (a: T, b: T) => boolean,
  violation: (index: number, item: T) => Violation,
): Violation[] {
  const found: Violation[] = [];
  for (let i = 1; i < items.length; i++) {
    const item = items[i] as T;
    for (let j = 0; j < i; j++) {
      if (!relation(items[j] as T, item)) continue;
      found.push(violation(i, item));
      break;
    }
  }
  return found;
}

export const commonRouteFields = (channel: Channel) => ({
  parentRefs: withRules(channel, list(parentReference(), { max: 32 }), parentRules).optional(),
  useDefaultGateways: experimental(channel, z.enum(["All", "None"])),
});

export const uniqueRuleNames: Rule<readonly { name?: string }[]> = {
  code: "GW1231",
  cel: "self.all(l1, !has(l1.name) || self.exists_one(l2, has(l2.name) && l1.name == l2.name))",
  violations: (self) =>
    eachEarlier(
      self,
      (a, b) => a.name !== undefined && a.name === b.name,
      (i, { name }) => ({
        path: [i, "name"],
        message: "Two rules of the route have the same name.",
        given: name,
        fix: "Give each rule a name of its own, or none.",
      }),
    ),
};

const largestTotal = 128;

export function totalMatches(cel: string): Rule<readonly { matches?: readonly unknown[] }[]> {
  return {
    code: "GW1232",
    cel,
    violations: (self) => {
      const total = self.reduce((sum, { matches }) => sum + (matches?.length ?? 0), 0);
      return total > largestTotal
        ? [
            {
              message: "The rules of a route have too many matches together.",
              given: total,
              allowed: `at most ${largestTotal}`,
              fix: "Spread the rules over several routes.",
            },
          ]
        : [];
    },
  };
}

/** The CRD's expression is a sum of sixteen terms, one per possible rule. */
export const sumOverRules = (term: (i: number) => string) =>
  `${Array.from({ length: 16 }, (_, i) => `(self.size() > ${i} ? ${term(i)} : 0)`).join(" + ")} <= ${largestTotal}`;

/** Sends all requests of a client session to one backend (GEP-1619). @experimental */
export interface SessionPersistence {
  /** Default: `Cookie`. */
  readonly type?: "Cookie" | "Header";
  /** Settings for type `Cookie`. */
  readonly cookie?: {
    /** The cookie's name. Default: the implementation's choice. */
    readonly name?: string;
    /** Default: `Session`, a cookie without expiry that ends with the client. */
    readonly lifetimeType?: "Permanent" | "Session";
    /** The cookie's path. Default: `/`. */
    readonly path?: string;
  };
  /** Settings for type `Header`: the name of the header that carries the session. */
  readonly header?: { readonly name: string };
  /** The maximum lifetime of a session, as a GEP-2257 duration. */
  readonly absoluteTimeout?: string;
}

const sessionKey = () => z.string().min(1).check(longest(256)).regex(headerName);

type Session = { type: string; cookie?: { lifetimeType?: string }; header?: object; absoluteTimeout?: string };

const sessionRules: readonly Rule<Session>[] = [
  {
    code: "GW1233",
    cel: "!has(self.cookie) || !has(self.cookie.lifetimeType) || self.cookie.lifetimeType != 'Permanent' || has(self.absoluteTimeout)",
    violations: (self) =>
      self.cookie?.lifetimeType === "Permanent" && self.absoluteTimeout === undefined
        ? [
            {
              path: ["absoluteTimeout"],
              message: "A permanent cookie needs an absoluteTimeout.",
              fix: "Add absoluteTimeout, such as 24h.",
            },
          ]
        : [],
  },
  ...(["Cookie", "Header"] as const).flatMap((type): Rule<Session>[] => {
    const field = type === "Cookie" ? "cookie" : "header";
    return [
      {
        code: "GW1233",
        cel: `!has(self.${field}) || self.type == '${type}'`,
        violations: (self) =>
          self[field] !== undefined && self.type !== type
            ? [
                {
                  path: [field],
                  message: `${field} goes with the type ${type} only.`,
                  fix: `Set type to ${type}, or leave ${field} out.`,
                },
              ]
            : [],
      },
      {
        code: "GW1233",
        cel: `self.type != '${type}' || has(self.${field})`,
        violations: (self) =>
          self.type === type && self[field] === undefined
            ? [{ path: [field], message: `Session persistence by ${field} needs ${field}.`, fix: `Add ${field}.` }]
            : [],
      },
    ];
  }),
];

export const sessionPersistence = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({
      type: z.enum(["Cookie", "Header"]).default("Cookie"),
      cookie: z
        .strictObject({
          name: sessionKey().optional(),
          lifetimeType: z.enum(["Permanent", "Session"]).default("Session"),
          path: z.string().check(longest(1024)).default("/"),
        })
        .optional(),
      header: z.strictObject({ name: sessionKey() }).optional(),
      absoluteTimeout: duration().optional(),
    }),
    sessionRules,
  );

export const ruleName = () => sectionName().optional();
