import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { type Channel, listMap, withRules } from "../schema/schema.ts";
import { gatewayGroup, group, kind, namespace, objectName } from "./fields.ts";
import { type Listener, listener } from "./listener.ts";
import { listenerRules } from "./listener-rules.ts";
import { kindSchema } from "./object.ts";
import { listenerSetStatus } from "./status.ts";

/** Adds listeners to a Gateway of another owner. */
export interface ListenerSetSpec {
  /** The Gateway. It must admit ListenerSets in `allowedListeners`. */
  readonly parentRef: ParentGatewayReference;
  /** The listeners, 1 to 64. */
  readonly listeners: readonly Listener[];
}

/** A reference to the Gateway that gets the listeners. */
export interface ParentGatewayReference {
  /** Default: `gateway.networking.k8s.io`. */
  readonly group?: string;
  /** Default: `Gateway`. */
  readonly kind?: string;
  /** The Gateway's name, 1 to 253 characters. */
  readonly name: Late<string>;
  /** Default: the ListenerSet's namespace. */
  readonly namespace?: Late<string>;
}

const uniqueListeners =
  "self.all(l1, !has(l1.port) || self.exists_one(l2, has(l2.port) && l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && !has(l2.hostname))))";

export const listenerSet = (channel: Channel) =>
  kindSchema(
    "gateway.networking.k8s.io/v1",
    "ListenerSet",
    z.strictObject({
      parentRef: z.strictObject({
        group: group().default(gatewayGroup),
        kind: kind().default("Gateway"),
        name: objectName(),
        namespace: namespace().optional(),
      }),
      listeners: withRules(
        channel,
        listMap(listener(channel, false), ["name"], { min: 1, max: 64 }),
        listenerRules(uniqueListeners),
      ),
    }),
    listenerSetStatus(),
  );

/** A valid ListenerSet with the defaults of its schema. */
export type ListenerSet = z.output<ReturnType<typeof listenerSet>>;
