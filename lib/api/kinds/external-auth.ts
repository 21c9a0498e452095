import { z } from "zod";
import { type Channel, listSet, longest, type Rule, withRules } from "../schema/schema.ts";
import { type BackendObjectReference, backendObjectReference } from "./references.ts";

/** Asks an authorization service whether a request may pass (GEP-1494). @experimental */
export interface HTTPExternalAuthFilter {
  /** The service's protocol. The field `grpc` or `http` holds its settings. */
  readonly protocol: "HTTP" | "GRPC";
  /** The authorization service. */
  readonly backendRef: BackendObjectReference;
  /** Settings for Envoy's ext_authz over gRPC. `allowedHeaders`: headers to send, at most 64. Default: all. */
  readonly grpc?: { readonly allowedHeaders?: readonly string[] };
  /** Settings for an HTTP service, which lets a request pass by answering 200. */
  readonly http?: {
    /** A prefix for the request's path. Default: none. */
    readonly path?: string;
    /** Names of headers to send in addition to Host and Authorization, at most 64. */
    readonly allowedHeaders?: readonly string[];
    /** Names of the service's response headers that the backend gets, at most 64. Default: all. */
    readonly allowedResponseHeaders?: readonly string[];
  };
  /** `maxSize` is the number of bytes of the body that the service gets. Default: none. */
  readonly forwardBody?: { readonly maxSize?: number };
}

type ExternalAuth = { protocol: string; grpc?: object; http?: object };

const rules: readonly Rule<ExternalAuth>[] = (["GRPC", "HTTP"] as const).flatMap((protocol) => {
  const field = protocol === "GRPC" ? "grpc" : "http";
  return [
    {
      code: "GW1223",
      cel: `self.protocol == '${protocol}' ? has(self.${field}) : true`,
      violations: (self) =>
        self.protocol === protocol && self[field] === undefined
          ? [
              {
                path: [field],
                message: `External authorization over ${protocol} needs ${field}.`,
                fix: `Add ${field}: {}.`,
              },
            ]
          : [],
    },
    {
      code: "GW1223",
      cel: `has(self.${field}) ? self.protocol == '${protocol}' : true`,
      violations: (self) =>
        self[field] !== undefined && self.protocol !== protocol
          ? [
              {
                path: ["protocol"],
                message: `${field} goes with the protocol ${protocol} only.`,
                given: self.protocol,
                allowed: protocol,
                fix: `Set protocol to ${protocol}, or leave ${field} out.`,
              },
            ]
          : [],
    },
  ] satisfies Rule<ExternalAuth>[];
});

const headerNames = () => listSet(z.string(), { max: 64 });

export const externalAuthFilter = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({
      protocol: z.enum(["HTTP", "GRPC"]),
      backendRef: backendObjectReference(channel),
      grpc: z.strictObject({ allowedHeaders: headerNames().optional() }).optional(),
      http: z
        .strictObject({
          path: z
            .string()
            .check(longest(1024))
            .regex(/^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$/)
            .optional(),
          allowedHeaders: headerNames().optional(),
          allowedResponseHeaders: headerNames().optional(),
        })
        .optional(),
      forwardBody: z.strictObject({ maxSize: z.int32().min(0).optional() }).optional(),
    }),
    rules,
  );
