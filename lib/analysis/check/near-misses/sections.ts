import { closest } from "../../../api/schema/spelling.ts";
import { gatewayOfListenerSet } from "../../../routing/attach/listener-set.ts";
import type { RoutingObjects } from "../../../routing/objects.ts";
import type { Reference } from "./reference.ts";

/** The listener or port that a reference most likely means, if the one that it names does not exist. */
export interface NearSection {
  readonly field: "sectionName" | "port" | "kind";
  readonly wanted: string;
  /** The section in words, such as `listener http` or `port 8080`. */
  readonly words: string;
}

/** Finds the listener or port of a declared object that a reference most likely means, or undefined if none is near. */
export function nearSectionOf(objects: RoutingObjects, reference: Reference): NearSection | undefined {
  const { kind, namespace = "", name, sectionName, port } = reference;
  const key = `${namespace}/${name}`;
  if (kind === "Gateway" || kind === "ListenerSet") {
    const parent = (kind === "Gateway" ? objects.gateways : objects.listenerSets).get(key)?.object;
    const listeners: readonly Section[] = parent?.spec.listeners ?? [];
    return nearSection(listeners, "listener", sectionName, port) ?? listenerOfSet(objects, reference);
  }
  const ports: readonly (Partial<Section> & { readonly port: number })[] =
    (kind === "Service" ? objects.services : objects.serviceImports).get(key)?.object.spec?.ports ?? [];
  return nearSection(
    ports.map((one) => ({ name: one.name ?? "", port: one.port })),
    "port",
    sectionName,
    port,
  );
}

interface Section {
  readonly name: string;
  readonly port: number;
}

function nearSection(
  sections: readonly Section[],
  what: string,
  sectionName: string | undefined,
  port: number | undefined,
): NearSection | undefined {
  const names = sections.map(({ name }) => name).filter((name) => name !== "");
  if (sectionName !== undefined && !names.includes(sectionName)) {
    const [sole] = names;
    const wanted = closest(sectionName, names) ?? (names.length === 1 ? sole : undefined);
    return wanted === undefined ? undefined : { field: "sectionName", wanted, words: `${what} ${wanted}` };
  }
  const ports = [...new Set(sections.map((section) => String(section.port)))];
  if (port === undefined || ports.includes(String(port))) return undefined;
  const [sole] = ports;
  const wanted = closest(String(port), ports) ?? (ports.length === 1 ? sole : undefined);
  return wanted === undefined ? undefined : { field: "port", wanted, words: `port ${wanted}` };
}

/** A ListenerSet's listeners do not belong to its Gateway. A route that means one must refer to the ListenerSet. */
function listenerOfSet({ listenerSets }: RoutingObjects, reference: Reference): NearSection | undefined {
  const { kind, namespace, name, sectionName } = reference;
  if (kind !== "Gateway" || sectionName === undefined) return undefined;
  for (const [key, { object }] of listenerSets) {
    if (gatewayOfListenerSet(object) !== `${namespace}/${name}`) continue;
    if (object.spec.listeners.every((listener) => listener.name !== sectionName)) continue;
    return { field: "kind", wanted: "ListenerSet", words: `listener ${sectionName} of ListenerSet ${key}` };
  }
  return undefined;
}
