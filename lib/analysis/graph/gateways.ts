import type { Attachment, GatewayAttachment, ListenerAttachment } from "../../routing/attach/attachment.ts";
import { isStandardProtocol } from "../../routing/attach/listener.ts";
import { gatewayOfListenerSet } from "../../routing/attach/listener-set.ts";
import type { TopologyDraft } from "./draft.ts";
import { assumptionFault, type FaultFinder } from "./faults.ts";

/** Problems with this field of a Gateway belong to the edge from its class. */
const classField = "spec.gatewayClassName";

type Declaration = Parameters<FaultFinder["ofProblems"]>[0];

/** Adds GatewayClasses, Gateways and the listeners in Gateways. */
export function addGateways(draft: TopologyDraft, attachment: Attachment, faults: FaultFinder): void {
  for (const [name, declared] of attachment.objects.gatewayClasses) {
    const fault = faults.ofProblems(declared, attachment.gatewayClasses.get(name)?.problems ?? []);
    const details = [declared.object.spec.controllerName];
    draft.node({ id: classId(name), kind: "GatewayClass", name, details, declared: true, ...(fault && { fault }) });
  }
  for (const [key, gateway] of attachment.gateways) addGateway(draft, key, gateway, faults);
}

function addGateway(draft: TopologyDraft, key: string, gateway: GatewayAttachment, faults: FaultFinder): void {
  const { declared, problems, listeners } = gateway;
  const className = String(declared.object.spec.gatewayClassName);
  const from = draft.node({
    id: classId(className),
    kind: "GatewayClass",
    name: className,
    details: [],
    declared: false,
  });
  const own = problems.filter(({ field }) => field !== classField);
  const fault = faults.ofProblems(declared, own);
  const id = `Gateway/${key}`;
  const details = faults.isStandIn(declared) ? ["by contract"] : [];
  draft.node({ id, kind: "Gateway", name: key, details, declared: true, ...(fault && { fault }) });
  const ofClass = problems.filter(({ field }) => field === classField);
  const broken = faults.ofProblems(declared, ofClass);
  draft.edge({ from, to: id, labels: [], ...(broken && { fault: broken }) });
  for (const listener of listeners) addListener(draft, id, declared, listener, faults);
}

/** Adds ListenerSets with their listeners. An undeclared Gateway becomes a node that only its ListenerSets mention. */
export function addListenerSets(draft: TopologyDraft, attachment: Attachment, faults: FaultFinder): void {
  for (const [key, declared] of attachment.objects.listenerSets) {
    const set = attachment.listenerSets.get(key);
    const id = draft.node({ id: `ListenerSet/${key}`, kind: "ListenerSet", name: key, details: [], declared: true });
    const gateway = gatewayOfListenerSet(declared.object);
    if (gateway === undefined) continue;
    const from = addParent(draft, "Gateway", gateway);
    const assumption = set?.assumption;
    const fault =
      faults.ofProblems(declared, set?.problems ?? []) ??
      (assumption && assumptionFault(assumption.namespace, assumption.wanted));
    draft.edge({ from, to: id, labels: [], ...(fault && { fault }) });
    for (const listener of set?.listeners ?? []) addListener(draft, id, declared, listener, faults);
  }
}

/** Adds a listener. Its problems are a fault of its edge if it is not served, and of its node if it is. */
function addListener(
  draft: TopologyDraft,
  from: string,
  declared: Declaration,
  { key, spec, problems, serves }: ListenerAttachment,
  faults: FaultFinder,
): void {
  const opaque = isStandardProtocol(spec.protocol) ? "" : " (opaque)";
  const details = [`${spec.protocol}${opaque} ${spec.port}`, spec.hostname || "every host"];
  const fault = faults.ofProblems(declared, problems);
  const id = listenerId(key);
  const own = serves && fault !== undefined ? { fault } : {};
  draft.node({ id, kind: "Listener", name: spec.name, details, declared: true, ...own });
  draft.edge({ from, to: id, labels: [], ...(!serves && fault !== undefined && { fault }) });
}

/** Adds a node for a parent that a reference names, unless the parent is declared and so already present. */
export function addParent(draft: TopologyDraft, kind: string, key: string): string {
  return draft.node({ id: `${kind}/${key}`, kind, name: key, details: [], declared: false });
}

/** Returns the id of a parent's listener by name, or undefined if the topology has no such listener. */
export function namedListener(draft: TopologyDraft, kind: string, key: string, name: string): string | undefined {
  const id = listenerId(`${kind}/${key}/${name}`);
  return draft.has(id) ? id : undefined;
}

/** The node id for a listener. `key` is its key in the attachment, `kind/namespace/name/listener`. */
export function listenerId(key: string): string {
  return `Listener/${key}`;
}

function classId(name: string): string {
  return `GatewayClass/${name}`;
}
