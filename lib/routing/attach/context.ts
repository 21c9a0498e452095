import type { Declared } from "../../api/declared/declared.ts";
import type { Gateway, ListenerSet } from "../../api/index.ts";
import type { NamespacedName } from "../ir.ts";
import { byAge, keyOf, namespaceOf, type RoutingObjects } from "../objects.ts";
import type {
  AttachOptions,
  GatewayAttachment,
  GatewayClassAttachment,
  ListenerAttachment,
  ListenerSetAttachment,
  ListenerSpec,
} from "./attachment.ts";
import { judgePolicies } from "./backend-tls-policy.ts";
import type { Backends } from "./backends.ts";
import { type ClientValidation, clientValidations } from "./client-validation.ts";
import { conditionsOf } from "./condition.ts";
import { type ControllerProfile, profileOf } from "./controller-profile.ts";
import { judgeGateway, withClientValidation } from "./gateway.ts";
import { type ClassVerdict, judgeGatewayClasses, verdictOnClass } from "./gateway-class.ts";
import { isServedProtocol, isStandardProtocol, judgeListener } from "./listener.ts";
import { type ClaimedPorts, findConflicts } from "./listener-conflicts.ts";
import {
  admissionOfListenerSet,
  gatewayOfListenerSet,
  judgeListenerSet,
  refusedListenerSet,
  undeclaredParent,
} from "./listener-set.ts";
import { markOverlaps } from "./overlapping-tls.ts";
import { referenceGrants } from "./reference-grants.ts";
import type { References } from "./references.ts";

/** Everything that routes can attach to, already judged. It is built once; then each route is attached on its own. */
export interface AttachContext {
  readonly objects: RoutingObjects;
  readonly options: AttachOptions;
  /** The profile for objects without a Gateway: routes with undeclared parents, policies that no Gateway reaches. */
  readonly profile: ControllerProfile;
  /** Returns the inputs for resolving backends under a profile. */
  readonly backends: (profile: ControllerProfile) => Backends;
  readonly gatewayClasses: ReadonlyMap<string, GatewayClassAttachment>;
  readonly gateways: ReadonlyMap<string, GatewayAttachment>;
  readonly listenerSets: ReadonlyMap<string, ListenerSetAttachment>;
  /** The Gateways of this attachment with `spec.defaultScope: All`. */
  readonly defaultGateways: readonly NamespacedName[];
}

export function attachContext(objects: RoutingObjects, options: AttachOptions): AttachContext {
  const referencesFor = references(objects, options);
  const gatewayClasses = judgeGatewayClasses(objects, options);
  const sets = listenerSetsByGateway(objects);
  const gateways = new Map<string, GatewayAttachment>();
  const judgedSets = new Map<string, ListenerSetAttachment>();
  for (const [key, declared] of objects.gateways) {
    const verdict = verdictOnClass(declared.object.spec.gatewayClassName, gatewayClasses, objects, options);
    if (!verdict.ours) continue;
    const own = referencesFor(verdict.profile);
    const family = judgeFamily({ key, declared, verdict, sets: sets.get(key) ?? [], references: own, options });
    gateways.set(key, family.gateway);
    for (const set of family.sets) judgedSets.set(keyOf(set.declared.object), set);
  }
  for (const [key, orphans] of sets) {
    if (objects.gateways.has(key)) continue;
    for (const orphan of orphans) judgedSets.set(keyOf(orphan.object), undeclaredParent(orphan, key));
  }
  const profile = profileOf(undefined, options);
  return {
    objects,
    options,
    profile,
    backends: byProfile((one) => {
      const own = referencesFor(one);
      return { ...own, policies: judgePolicies(own), options };
    }),
    gatewayClasses,
    gateways,
    listenerSets: inOrderOf(objects.listenerSets, judgedSets),
    defaultGateways: [...gateways.values()]
      .filter(({ declared }) => declared.object.spec.defaultScope === "All")
      .map(({ declared }) => placeOf(declared.object)),
  };
}

function references(objects: RoutingObjects, options: AttachOptions): (profile: ControllerProfile) => References {
  const grants = referenceGrants(objects);
  const { undeclared, undeclaredNamespaces, undeclaredKeyPairs, undeclaredTrustAnchors, standing } = options;
  return (profile) => ({
    ...{ objects, grants, profile },
    ...{ undeclared, undeclaredNamespaces, undeclaredKeyPairs, undeclaredTrustAnchors, standing },
  });
}

/** Memoizes a function of the profile. */
function byProfile<T>(make: (profile: ControllerProfile) => T): (profile: ControllerProfile) => T {
  const made = new Map<ControllerProfile, T>();
  return (profile) => {
    const known = made.get(profile) ?? make(profile);
    made.set(profile, known);
    return known;
  };
}

/** One Gateway and the ListenerSets that reference it, in their order of precedence. */
interface Family {
  readonly key: string;
  readonly declared: Declared<Gateway>;
  readonly verdict: Extract<ClassVerdict, { readonly ours: true }>;
  readonly sets: readonly Declared<ListenerSet>[];
  readonly references: References;
  readonly options: AttachOptions;
}

/**
 * Judges a Gateway together with its ListenerSets, because they share ports. On conflicts the Gateway wins, then the
 * ListenerSets by age and name (ListenerSetSpec.listeners).
 */
function judgeFamily(family: Family): {
  readonly gateway: GatewayAttachment;
  readonly sets: readonly ListenerSetAttachment[];
} {
  const { key, declared, references } = family;
  const judge = listenerJudge(family);
  const own = judge({ kind: "Gateway", ...placeOf(declared.object) }, declared.object);
  const gateway = judgeGateway({ ...family, listeners: own });
  const sets = family.sets.map((set) => {
    const { refusal, assumption } = admissionOfListenerSet(set.object, gateway, references);
    if (refusal !== undefined) return refusedListenerSet(set, key, gateway, refusal);
    const listeners = judge({ kind: "ListenerSet", ...placeOf(set.object) }, set.object);
    return { ...judgeListenerSet(set, key, gateway, listeners), ...(assumption && { assumption }) };
  });
  const all = [...own, ...sets.flatMap(({ listeners }) => listeners)];
  return {
    gateway: {
      ...withClientValidation(gateway, judge.used),
      listeners: markOverlaps(gateway.listeners, all, conditionsOf(declared.object)),
      listenerSets: sets.filter(({ accepted }) => accepted).map((set) => keyOf(set.declared.object)),
    },
    sets: sets.map((set) => ({
      ...set,
      listeners: markOverlaps(set.listeners, all, conditionsOf(set.declared.object)),
    })),
  };
}

/** Returns a function that judges the listeners of one parent after another. Earlier parents claim ports first. */
function listenerJudge({ declared, references, options }: Family): {
  (parent: ListenerAttachment["parent"], object: Gateway | ListenerSet): readonly ListenerAttachment[];
  readonly used: ReadonlySet<ClientValidation>;
} {
  const claimed: ClaimedPorts = new Map();
  const used = new Set<ClientValidation>();
  const validationOf = clientValidations(declared.object, references);
  const judge = (
    parent: ListenerAttachment["parent"],
    object: Gateway | ListenerSet,
  ): readonly ListenerAttachment[] => {
    const specs: readonly ListenerSpec[] = object.spec.listeners;
    const isServed = ({ protocol }: ListenerSpec) => isServedProtocol(protocol, references.profile);
    const known = new Map([...specs.entries()].filter(([, { protocol }]) => isStandardProtocol(protocol)));
    const conflicts = findConflicts(known, isServed, claimed);
    const conditions = conditionsOf(object);
    return specs.map((spec, index) => {
      const conflict = conflicts.get(index);
      const clientValidation = spec.protocol === "HTTPS" && isServed(spec) ? validationOf(spec.port) : undefined;
      if (clientValidation !== undefined) used.add(clientValidation);
      return judgeListener({
        parent,
        index,
        spec,
        conditions,
        references,
        options,
        ...(conflict && { conflict }),
        ...(clientValidation && { clientValidation }),
      });
    });
  };
  return Object.assign(judge, { used });
}

function listenerSetsByGateway(objects: RoutingObjects): ReadonlyMap<string, readonly Declared<ListenerSet>[]> {
  const found = new Map<string, Declared<ListenerSet>[]>();
  for (const declared of objects.listenerSets.values()) {
    const gateway = gatewayOfListenerSet(declared.object);
    if (gateway === undefined) continue;
    const list = found.get(gateway);
    if (list === undefined) found.set(gateway, [declared]);
    else list.push(declared);
  }
  for (const list of found.values()) list.sort((a, b) => byAge(a.object, b.object));
  return found;
}

function inOrderOf<T>(keys: ReadonlyMap<string, unknown>, found: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map(
    [...keys.keys()].flatMap((key) => {
      const value = found.get(key);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}

function placeOf(object: Gateway | ListenerSet): NamespacedName {
  return { namespace: namespaceOf(object), name: object.metadata.name };
}
