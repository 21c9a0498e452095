import type { ObjectReference } from "../../findings/finding.ts";
import type { Attachment, ListenerAttachment, ParentReference } from "./attachment.ts";
import type { Condition } from "./condition.ts";
import { referenceOf } from "./findings.ts";
import { gatewayApiGroup } from "./reference-grants.ts";

export interface GatewayClassStatus {
  readonly conditions: readonly Condition[];
}

export interface ListenerStatus {
  readonly name: string;
  readonly supportedKinds: readonly { readonly group: string; readonly kind: string }[];
  readonly attachedRoutes: number;
  readonly conditions: readonly Condition[];
}

/** The status of a Gateway without addresses, which the component that assigns them adds. */
export interface GatewayStatus {
  readonly conditions: readonly Condition[];
  readonly listeners: readonly ListenerStatus[];
  readonly attachedListenerSets: number;
}

export interface ListenerSetStatus {
  readonly conditions: readonly Condition[];
  readonly listeners: readonly ListenerStatus[];
}

export interface RouteStatus {
  readonly parents: readonly {
    readonly parentRef: ParentReference;
    readonly controllerName: string;
    readonly conditions: readonly Condition[];
  }[];
}

export interface PolicyStatus {
  readonly ancestors: readonly {
    readonly ancestorRef: ParentReference;
    readonly controllerName: string;
    readonly conditions: readonly Condition[];
  }[];
}

export interface ObjectStatus {
  readonly object: ObjectReference;
  readonly status: GatewayClassStatus | GatewayStatus | ListenerSetStatus | RouteStatus | PolicyStatus;
}

/**
 * Returns the status of every object that this process is responsible for, in the API's form. The writer of the status
 * sets lastTransitionTime when a condition changes, and adds the data plane's part (Programmed, addresses).
 */
export function statuses(attachment: Attachment): readonly ObjectStatus[] {
  return [
    ...classStatuses(attachment),
    ...gatewayStatuses(attachment),
    ...listenerSetStatuses(attachment),
    ...routeStatuses(attachment),
    ...policyStatuses(attachment),
  ];
}

function classStatuses({ gatewayClasses }: Attachment): readonly ObjectStatus[] {
  return [...gatewayClasses.values()].map(({ declared, conditions }) => ({
    object: referenceOf(declared.object),
    status: { conditions },
  }));
}

function gatewayStatuses({ gateways, attachedRoutes }: Attachment): readonly ObjectStatus[] {
  return [...gateways.values()].map(({ declared, conditions, listeners, listenerSets }) => ({
    object: referenceOf(declared.object),
    status: {
      conditions,
      listeners: listeners.map((listener) => listenerStatus(listener, attachedRoutes)),
      attachedListenerSets: listenerSets.length,
    },
  }));
}

function listenerSetStatuses({ listenerSets, attachedRoutes }: Attachment): readonly ObjectStatus[] {
  return [...listenerSets.values()]
    .filter(({ controllerName }) => controllerName !== undefined)
    .map(({ declared, conditions, listeners }) => ({
      object: referenceOf(declared.object),
      status: { conditions, listeners: listeners.map((listener) => listenerStatus(listener, attachedRoutes)) },
    }));
}

function listenerStatus(
  { key, spec, supportedKinds, conditions }: ListenerAttachment,
  attachedRoutes: Attachment["attachedRoutes"],
): ListenerStatus {
  return {
    name: spec.name,
    supportedKinds: supportedKinds.map((kind) => ({ group: gatewayApiGroup, kind })),
    attachedRoutes: attachedRoutes.get(key)?.length ?? 0,
    conditions,
  };
}

/** Includes only parents that this process serves. Other controllers write their own entries. */
function routeStatuses({ routes }: Attachment): readonly ObjectStatus[] {
  return [...routes.values()].map(({ declared, parents }) => ({
    object: referenceOf(declared.object),
    status: {
      parents: parents.flatMap(({ outcome, parentRef, controllerName, conditions }) =>
        outcome === "judged" && controllerName !== undefined ? [{ parentRef, controllerName, conditions }] : [],
      ),
    },
  }));
}

function policyStatuses({ policies }: Attachment): readonly ObjectStatus[] {
  return [...policies.values()].map(({ declared, ancestors }) => ({
    object: referenceOf(declared.object),
    status: {
      ancestors: ancestors.map(({ gateway, controllerName, conditions }) => ({
        ancestorRef: { group: gatewayApiGroup, kind: "Gateway", ...gateway },
        controllerName,
        conditions,
      })),
    },
  }));
}
