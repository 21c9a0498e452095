import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { type Channel, type Rule, withRules } from "../schema/schema.ts";
import { gatewayGroup, group, kind, namespace, objectName, port, sectionName, weight } from "./fields.ts";

/** `spec.parentRefs[]` of a route: the Gateway or ListenerSet that it wants to be attached to. */
export interface ParentReference {
  /** By default `gateway.networking.k8s.io`; the empty group is the core group. */
  readonly group?: string;
  /** By default `Gateway`. */
  readonly kind?: string;
  /** By default the namespace of the route. */
  readonly namespace?: Late<string>;
  /** 1 to 253 characters. */
  readonly name: Late<string>;
  /** Name of one listener; by default every listener that admits the route. */
  readonly sectionName?: string;
  /** Port of the listeners meant, 1 to 65535; by default any. */
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

/** Names one object in the namespace of the object that refers to it. */
export interface LocalObjectReference {
  /** The empty group is the core group. */
  readonly group: string;
  /** As in its manifests, such as `ConfigMap`. */
  readonly kind: string;
  /** 1 to 253 characters. */
  readonly name: Late<string>;
}

export const localObjectReference = () => z.strictObject({ group: group(), kind: kind(), name: objectName() });

/** A backend: a Service by default. */
export interface BackendObjectReference {
  /** By default the core group. */
  readonly group?: string;
  /** By default `Service`. */
  readonly kind?: string;
  /** 1 to 253 characters. */
  readonly name: Late<string>;
  /** By default the namespace of the route. Another one needs a ReferenceGrant there. */
  readonly namespace?: Late<string>;
  /** Port of the Service, 1 to 65535; required for a Service. */
  readonly port?: Late<number>;
}

/** A backend and its share of the traffic. */
export interface BackendRef extends BackendObjectReference {
  /** Share of the traffic in proportion to the sum of weights, 0 to 1,000,000; by default 1. */
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

/** The fields of a weighted backend, for kinds that add filters to it. */
export const backendRefFields = () => ({ ...backendObjectFields(), weight: weight().default(1) });

export const backendRef = (channel: Channel) => withRules(channel, z.strictObject(backendRefFields()), backendRules);
