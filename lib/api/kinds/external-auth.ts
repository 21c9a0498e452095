import { z } from "zod";
import { type Channel, listSet, longest, type Rule, withRules } from "../schema/schema.ts";
import { type BackendObjectReference, backendObjectReference } from "./references.ts";

/** Asks another service whether a request may pass (GEP-1494). @experimental */
export interface HTTPExternalAuthFilter {
  /** Names which of `grpc` and `http` is set. */
  readonly protocol: "HTTP" | "GRPC";
  /** The service that is asked. */
  readonly backendRef: BackendObjectReference;
  /** For Envoy's ext_authz over gRPC: names of headers that are sent along, at most 64; by default all. */
  readonly grpc?: { readonly allowedHeaders?: readonly string[] };
  /** For a plain HTTP service, which lets a request pass by answering 200. */
  readonly http?: {
    /** Put before the path of the request; by default nothing. */
    readonly path?: string;
    /** Names of further headers that are sent along, at most 64; Host and Authorization are in any case. */
    readonly allowedHeaders?: readonly string[];
    /** Names of headers of the answer that the backend gets, at most 64; by default all. */
    readonly allowedResponseHeaders?: readonly string[];
  };
  /** Bytes of the body that are sent along; by default none. */
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
