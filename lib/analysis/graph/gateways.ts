import type { Attachment, GatewayAttachment, ListenerAttachment } from "../../routing/attach/attachment.ts";
import { isStandardProtocol } from "../../routing/attach/listener.ts";
import { gatewayOfListenerSet } from "../../routing/attach/listener-set.ts";
import type { TopologyDraft } from "./draft.ts";
import { assumptionFault, type FaultFinder } from "./faults.ts";

/** The field of a Gateway whose problems are those of its edge from the class. */
const classField = "spec.gatewayClassName";

type Declaration = Parameters<FaultFinder["ofProblems"]>[0];

/** Classes, Gateways and the Gateways' own listeners. */
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

/** ListenerSets and what they bring. One whose Gateway no source declares hangs on a Gateway that only it tells of. */
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

/** A listener that is not served has its problems on its edge; one that is served all the same has them by itself. */
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

/** The node of what a reference names as a parent, whether it is declared or not. */
export function addParent(draft: TopologyDraft, kind: string, key: string): string {
  return draft.node({ id: `${kind}/${key}`, kind, name: key, details: [], declared: false });
}

/** The listener of that name on a parent that is in the picture. */
export function namedListener(draft: TopologyDraft, kind: string, key: string, name: string): string | undefined {
  const id = listenerId(`${kind}/${key}/${name}`);
  return draft.has(id) ? id : undefined;
}

/** Of a listener by the key that attaching gives it, `kind/namespace/name/listener`. */
export function listenerId(key: string): string {
  return `Listener/${key}`;
}

function classId(name: string): string {
  return `GatewayClass/${name}`;
}
