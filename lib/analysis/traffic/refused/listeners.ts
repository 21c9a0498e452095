import type {
  Attachment,
  GatewayAttachment,
  ListenerAttachment,
  ListenerSetAttachment,
  ListenerSpec,
} from "../../../routing/attach/attachment.ts";
import { compareHostnames, coversHostname } from "../../../routing/attach/hostnames.ts";
import { keyOf } from "../../../routing/objects.ts";
import { type ExplainedRequest, type Refused, refusedWith } from "./refused.ts";

/** Returns the Gateway itself if it is refused, since it then opens no port. */
export function refusedGateway({ attachment, gateway }: ExplainedRequest): readonly Refused[] {
  const attached = attachment.gateways.get(gateway);
  if (attached === undefined || attached.accepted) return [];
  const { declared, conditions, problems } = attached;
  const what = `Gateway ${gateway}`;
  return refusedWith({ kind: "gateway", what }, { attachment, declared, conditions, problems });
}

/** Returns refused listeners that match the host, unless the serving listener is more specific and precedes them. */
export function refusedListeners({ attachment, gateway, request, decision }: ExplainedRequest): readonly Refused[] {
  const attached = attachment.gateways.get(gateway);
  if (attached === undefined) return [];
  const routing = "routing" in decision ? decision.routing : undefined;
  const serving = routing?.listener.hostname ?? "*";
  const mayTake = ({ port, protocol, hostname }: ListenerSpec) => {
    const own = (hostname || "*").toLowerCase();
    const isMeant = port === request.port && protocol !== "UDP" && coversHostname(own, request.head.host);
    return isMeant && (routing === undefined || compareHostnames(own, serving) <= 0);
  };
  const sets = [...attachment.listenerSets.values()].filter((set) => set.gateway === gateway);
  return [
    ...listenersNotServing(attachment, attached, mayTake),
    ...sets.flatMap((set) =>
      set.listeners.length === 0 ? refusedSet(attachment, set, mayTake) : listenersNotServing(attachment, set, mayTake),
    ),
  ];
}

function listenersNotServing(
  attachment: Attachment,
  { declared, listeners }: GatewayAttachment | ListenerSetAttachment,
  mayTake: (spec: ListenerSpec) => boolean,
): readonly Refused[] {
  const { kind } = declared.object;
  return listeners
    .filter(({ serves, spec }) => !serves && mayTake(spec))
    .flatMap(({ spec, conditions, problems }: ListenerAttachment) => {
      const hostname = spec.hostname ? `host ${spec.hostname}` : "every host";
      const place = `${spec.protocol} port ${spec.port}, ${hostname}`;
      const what = `listener ${spec.name} of ${kind} ${keyOf(declared.object)}, ${place}`;
      return refusedWith({ kind: "listener", what }, { attachment, declared, conditions, problems });
    });
}

/** Returns a refused ListenerSet as a whole: if its Gateway does not admit it, its listeners are not evaluated. */
function refusedSet(
  attachment: Attachment,
  { declared, conditions, problems }: ListenerSetAttachment,
  mayTake: (spec: ListenerSpec) => boolean,
): readonly Refused[] {
  const specs: readonly ListenerSpec[] = declared.object.spec.listeners;
  if (!specs.some(mayTake)) return [];
  const what = `ListenerSet ${keyOf(declared.object)}`;
  return refusedWith({ kind: "listenerSet", what }, { attachment, declared, conditions, problems });
}
