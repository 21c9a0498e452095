import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { type Channel, type Rule, withRules } from "../schema/schema.ts";
import { gatewayGroup, group, kind, namespace, objectName, port, sectionName, weight } from "./fields.ts";

/** An item of a route's `spec.parentRefs`: the Gateway or ListenerSet to attach to. */
export interface ParentReference {
  /** The API group. Empty for the core group. Default: `gateway.networking.k8s.io`. */
  readonly group?: string;
  /** Default: `Gateway`. */
  readonly kind?: string;
  /** Default: the route's namespace. */
  readonly namespace?: Late<string>;
  /** The parent's name, 1 to 253 characters. */
  readonly name: Late<string>;
  /** The name of a listener. Default: all listeners that admit the route. */
  readonly sectionName?: string;
  /** The listeners' port, 1 to 65535. Default: any. */
  readonly port?: Late<number>;
}

export const parentReference = () =>
  z.strictObject({
    group: group().default(gatewayGroup),
    kind: kind().default("Gateway"),
    namespace: namespace().optional(),
    name: objectName(),
    sectionName: sectionName().optional(),
    port: port().optional(),
  });

/** A reference to an object in the referrer's namespace. */
export interface LocalObjectReference {
  /** The API group. Empty for the core group. */
  readonly group: string;
  /** The object's kind, such as `ConfigMap`. */
  readonly kind: string;
  /** The object's name, 1 to 253 characters. */
  readonly name: Late<string>;
}

export const localObjectReference = () => z.strictObject({ group: group(), kind: kind(), name: objectName() });

/** A reference to a backend, by default a Service. */
export interface BackendObjectReference {
  /** Default: the core group. */
  readonly group?: string;
  /** Default: `Service`. */
  readonly kind?: string;
  /** The backend's name, 1 to 253 characters. */
  readonly name: Late<string>;
  /** Default: the route's namespace. Another namespace needs a ReferenceGrant there. */
  readonly namespace?: Late<string>;
  /** The Service's port, 1 to 65535. Required for a Service. */
  readonly port?: Late<number>;
}

/** A backend with its share of the traffic. */
export interface BackendRef extends BackendObjectReference {
  /** The share in proportion to the sum of weights, 0 to 1,000,000. Default: 1. */
  readonly weight?: Late<number>;
}

const serviceNeedsPort: Rule<{ group: string; kind: string; port?: number }> = {
  code: "GW1210",
  cel: "(size(self.group) == 0 && self.kind == 'Service') ? has(self.port) : true",
  violations: (self) =>
    self.group === "" && self.kind === "Service" && !("port" in self)
      ? [
          {
            path: ["port"],
            message: "A Service as backend needs a port.",
            allowed: "1 to 65535",
            fix: "Name the port of the Service that takes the traffic.",
          },
        ]
      : [],
};

const xBackendHasNoPort: Rule<{ group: string; kind: string; port?: number }> = {
  code: "GW1211",
  channel: "experimental",
  cel: "(self.group == 'gateway.networking.x-k8s.io' && self.kind == 'XBackend') ? !has(self.port) : true",
  violations: (self) =>
    self.group === "gateway.networking.x-k8s.io" && self.kind === "XBackend" && "port" in self
      ? [{ path: ["port"], message: "An XBackend brings its own port.", fix: "Leave the port out." }]
      : [],
};

const backendObjectFields = () => ({
  group: group().default(""),
  kind: kind().default("Service"),
  name: objectName(),
  namespace: namespace().optional(),
  port: port().optional(),
});

export const backendRules = [serviceNeedsPort, xBackendHasNoPort];

export const backendObjectReference = (channel: Channel) =>
  withRules(channel, z.strictObject(backendObjectFields()), backendRules);

/** The fields of a weighted backend, to which some kinds add filters. */
export const backendRefFields = () => ({ ...backendObjectFields(), weight: weight().default(1) });

export const backendRef = (channel: Channel) => withRules(channel, z.strictObject(backendRefFields()), backendRules);
