import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { type Channel, list, type Rule, withRules } from "../schema/schema.ts";
import { dnsSubdomain, hostname, isIPAddress } from "./fields.ts";
import { type L4RouteRule, l4Rules, l4RulesV1alpha2 } from "./l4-route-rules.ts";
import { kindSchema } from "./object.ts";
import { type CommonRouteSpec, commonRouteFields } from "./route.ts";
import { routeStatus } from "./status.ts";

/** A rule with the backends of TLS connections. */
export interface TLSRouteRule extends L4RouteRule {}

/** Routes TLS connections by the server name in the client's handshake (SNI). */
export interface TLSRouteSpec extends CommonRouteSpec {
  /** Hostnames, exact or `*.suffix`, but no IP addresses. 1 to 1024. */
  readonly hostnames: readonly Late<string>[];
  /** The rules, exactly one. */
  readonly rules: readonly TLSRouteRule[];
}

const subdomain = "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)$";

const each = (self: readonly string[], wrong: (hostname: string) => boolean, message: string, fix: string) =>
  self.flatMap((hostname, i) => (wrong(hostname) ? [{ path: [i], message, given: hostname, fix }] : []));

const tlsHostnameRules: readonly Rule<readonly string[]>[] = [
  {
    code: "GW1235",
    cel: "self.all(h, !isIP(h))",
    violations: (self) =>
      each(self, isIPAddress, "An IP address is no hostname: clients do not send it in SNI.", "Name the host."),
  },
  {
    code: "GW1235",
    cel: `self.all(h, !h.contains('*') ? h.matches('${subdomain}') : true)`,
    violations: (self) =>
      each(
        self,
        (h) => !h.includes("*") && !dnsSubdomain.test(h),
        "This is no DNS name.",
        "Use lower-case letters, digits, dashes and dots.",
      ),
  },
  {
    code: "GW1235",
    cel: `self.all(h, h.contains('*') ? (h.startsWith('*.') && h.substring(2).matches('${subdomain}')) : true)`,
    violations: (self) =>
      each(
        self,
        (h) => h.includes("*") && !(h.startsWith("*.") && dnsSubdomain.test(h.slice(2))),
        "A wildcard stands for whole labels at the front only.",
        "Write *.example.com.",
      ),
  },
];

export const tlsRoute = (channel: Channel) =>
  kindSchema(
    "gateway.networking.k8s.io/v1",
    "TLSRoute",
    z.strictObject({
      ...commonRouteFields(channel),
      hostnames: withRules(channel, list(hostname(), { min: 1, max: 1024 }), tlsHostnameRules),
      rules: l4Rules(channel),
    }),
    routeStatus(),
  );

/**
 * The schema of v1alpha2, which the experimental channel still serves. Hostnames are optional, and up to 16 rules are
 * allowed. Routes that use this cannot be expressed in v1, so they are not converted.
 */
export const tlsRouteV1alpha2 = (channel: Channel) =>
  kindSchema(
    "gateway.networking.k8s.io/v1",
    "TLSRoute",
    z.strictObject({
      ...commonRouteFields(channel),
      hostnames: list(hostname(), { max: 1024 }).default([]),
      rules: l4RulesV1alpha2(channel),
    }),
    routeStatus(),
  );

/** A valid TLSRoute with the defaults of its schema. */
export type TLSRoute = z.output<ReturnType<typeof tlsRoute>>;
