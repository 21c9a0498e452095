import type { Declared } from "../../api/declared/declared.ts";
import type { ApiObject } from "../../api/index.ts";
import { isCredentialKey, notShown, shownText, shownValue } from "../../api/kinds/credentials.ts";
import { referenceOf } from "../../routing/attach/findings.ts";
import { servedFilterTypes } from "../../routing/filters/filter-types.ts";
import { objectName } from "../traffic/describe.ts";
import type { DeclaredChange } from "./plan.ts";
import { isShown, isShownAsUnfollowed, type Specified, type TrafficChanges } from "./shown-by-traffic.ts";

/**
 * The fields that decide requests or listeners, by the object's kind. Changes of requests and of listeners show them.
 * The proxy does not enforce a field that is in neither table, such as a field of a later API version.
 */
const enforced: Readonly<Record<string, readonly RegExp[]>> = {
  HTTPRoute: [
    /^spec\.(parentRefs|useDefaultGateways|hostnames)\b/,
    /^spec\.rules\[[^\]]*\]\.(matches|timeouts|retry)\b/,
    /^spec\.rules\[[^\]]*\]\.backendRefs\[[^\]]*\]\.(group|kind|namespace|name|port|weight)$/,
  ],
  GRPCRoute: [
    /^spec\.(parentRefs|useDefaultGateways|hostnames)\b/,
    /^spec\.rules\[[^\]]*\]\.matches\b/,
    /^spec\.rules\[[^\]]*\]\.backendRefs\[[^\]]*\]\.(group|kind|namespace|name|port|weight)$/,
  ],
  Gateway: [
    /^spec\.listeners\[[^\]]*\]\.(name|hostname|port|protocol)$/,
    /^spec\.listeners\[[^\]]*\]\.tls\.(mode|certificateRefs)\b/,
    /^spec\.listeners\[[^\]]*\]\.tls\.options\.gatewright\.dev\//,
    /^spec\.tls\b/,
  ],
  ListenerSet: [
    /^spec\.parentRef\b/,
    /^spec\.listeners\[[^\]]*\]\.(name|hostname|port|protocol)$/,
    /^spec\.listeners\[[^\]]*\]\.tls\.(mode|certificateRefs)\b/,
    /^spec\.listeners\[[^\]]*\]\.tls\.options\.gatewright\.dev\//,
  ],
  BackendTLSPolicy: [/^spec\.(targetRefs|validation)\b/],
  TLSRoute: [],
  TCPRoute: [],
  UDPRoute: [],
  GatewayClass: [],
  GatewayParameters: [],
};

/** Fields of TLSRoutes, TCPRoutes and UDPRoutes that decide where connections go, at controllers that serve them. */
const decidesBelowHttp = /^spec\.(parentRefs|hostnames)\b|^spec\.rules\[[^\]]*\]\.backendRefs\b/;

/** Enforced fields that decide other things than requests: names, attachment, controller, addresses and proxies. */
const besidesRequests: Readonly<Record<string, readonly RegExp[]>> = {
  HTTPRoute: [/^spec\.rules\[[^\]]*\]\.name$/],
  GRPCRoute: [/^spec\.rules\[[^\]]*\]\.name$/],
  Gateway: [
    /^spec\.(gatewayClassName|allowedListeners|defaultScope|addresses|infrastructure)\b/,
    /^spec\.listeners\[[^\]]*\]\.allowedRoutes\b/,
  ],
  ListenerSet: [/^spec\.listeners\[[^\]]*\]\.allowedRoutes\b/],
  GatewayClass: [/^spec\b/],
  GatewayParameters: [/^spec\b/],
};

/**
 * Lists the changes of fields that `plan` does not show as changes of requests or listeners: fields that the proxy does
 * not enforce, fields that decide other things, and changes without effect. For an object that is new or gone, only
 * fields that the proxy does not enforce are listed.
 */
export function declaredChangesOf(
  before: readonly Declared<ApiObject>[],
  after: readonly Declared<ApiObject>[],
  plan: TrafficChanges,
): readonly DeclaredChange[] {
  const [old, now] = [byName(before), byName(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((object) => {
    const [a, b] = [old.get(object), now.get(object)];
    if (JSON.stringify(a?.spec) === JSON.stringify(b?.spec)) return [];
    const { kind } = (b ?? a) as Specified;
    const isChanged = a !== undefined && b !== undefined;
    if (!isChanged && isNeverTraffic(kind)) {
      if (isShownAsUnfollowed(plan, object, "spec")) return [];
      return [{ object, field: "spec", ...(a ? { before: "declared" } : { after: "declared" }), enforced: false }];
    }
    const changes = fieldChanges(leavesOf(a), leavesOf(b)).flatMap((change): DeclaredChange[] => {
      const decidesRequests = matches(enforced[kind], change.field) || isOfFilter(change.field, a, b);
      const decidesUnfollowed = decidesRequests || (isNeverTraffic(kind) && decidesBelowHttp.test(change.field));
      if (decidesUnfollowed && isShownAsUnfollowed(plan, object, change.field)) return [];
      if (decidesRequests && (!isChanged || isShown(plan, object, change.field, (b ?? a) as Specified))) return [];
      return [{ object, ...change, enforced: decidesRequests || matches(besidesRequests[kind], change.field) }];
    });
    return isChanged ? changes : changes.filter((change) => !change.enforced);
  });
}

function byName(objects: readonly Declared<ApiObject>[]): ReadonlyMap<string, Specified> {
  const told = objects.filter(({ object }) => Object.hasOwn(enforced, object.kind));
  return new Map(told.map(({ object }) => [objectName(referenceOf(object)), object]));
}

/** Returns true for TLSRoutes, TCPRoutes and UDPRoutes, which the proxy does not serve. */
function isNeverTraffic(kind: string): boolean {
  return enforced[kind]?.length === 0 && besidesRequests[kind] === undefined;
}

function matches(patterns: readonly RegExp[] | undefined, field: string): boolean {
  return patterns?.some((pattern) => pattern.test(field)) ?? false;
}

/** Returns true if the field belongs to a filter that changes of requests show completely. */
function isOfFilter(field: string, ...objects: readonly (Specified | undefined)[]): boolean {
  const place = /^spec\.(rules\[.*\.filters\[[^\]]*\])/.exec(field)?.[0];
  if (place === undefined) return false;
  return objects.every((object) => {
    const type = leavesOf(object).get(`${place}.type`)?.value;
    return type === undefined || servedFilterTypes.includes(type);
  });
}

/** A scalar field of an object: its value, and the text that may be printed for it. */
interface Leaf {
  readonly value: string;
  readonly shown: string;
}

function fieldChanges(
  before: ReadonlyMap<string, Leaf>,
  after: ReadonlyMap<string, Leaf>,
): readonly Pick<DeclaredChange, "field" | "before" | "after">[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((field) => {
    const [a, b] = [before.get(field), after.get(field)];
    if (a?.value === b?.value) return [];
    return [{ field, ...(a && { before: a.shown }), ...(b && { after: b.shown }) }];
  });
}

function leavesOf(object: Specified | undefined): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const walk = (path: string, value: unknown): void => {
    if (value === undefined) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(`${path}[${placeOf(value, index)}]`, item);
    } else if (typeof value === "object" && value !== null) {
      if (isField(value))
        leaves.set(`${path}.value`, { value: value.value, shown: shownValue(value.name, value.value) });
      for (const [name, member] of Object.entries(value)) {
        if (!leaves.has(`${path}.${name}`)) walk(`${path}.${name}`, member);
      }
    } else {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      const key = path.slice(path.lastIndexOf(".") + 1);
      leaves.set(path, { value: text, shown: isCredentialKey(key) ? notShown : shownText(text) });
    }
  };
  walk("spec", object?.spec);
  return leaves;
}

/** Items are identified by name if all items of the list have distinct names, so an insertion shifts no index. */
function placeOf(list: readonly unknown[], index: number): string {
  const names = list.map((item) => (typeof item === "object" && item !== null ? Reflect.get(item, "name") : undefined));
  const known = names.every((name) => typeof name === "string") && new Set(names).size === names.length;
  return known ? String(names[index]) : String(index);
}

/** Recognizes a header or query parameter. Its name shows whether its value is a credential. */
function isField(value: object): value is { readonly name: string; readonly value: string } {
  return typeof Reflect.get(value, "name") === "string" && typeof Reflect.get(value, "value") === "string";
}
