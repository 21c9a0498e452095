import { z } from "zod";
import { type Channel, experimental, list, longest, type Rule, withRules } from "../schema/schema.ts";
import { isIPAddress, wildcardHostname } from "./fields.ts";
import { eachEarlier } from "./route.ts";

type Address = { type: string; value?: string };

const addressRules: readonly Rule<readonly Address[]>[] = (["IPAddress", "Hostname"] as const).map((type) => ({
  code: "GW1244",
  cel: `self.all(a1, a1.type == '${type}' && has(a1.value) ? self.exists_one(a2, a2.type == a1.type && has(a2.value) && a2.value == a1.value) : true )`,
  violations: (self) =>
    eachEarlier(
      self,
      (a, b) => a.type === type && b.type === type && a.value !== undefined && a.value === b.value,
      (i, { value }) => ({
        path: [i, "value"],
        message: "The same address is asked for twice.",
        given: value,
        fix: "Remove one.",
      }),
    ),
}));

const hostnameAddress: Rule<Address> = {
  code: "GW1244",
  cel: 'self.type == \'Hostname\' ? (!has(self.value) || self.value.matches(r"""^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$""")): true',
  violations: (self) =>
    self.type === "Hostname" && self.value !== undefined && !wildcardHostname.test(self.value)
      ? [
          {
            path: ["value"],
            message: "An address of type Hostname is a DNS name.",
            given: self.value,
            fix: "Use lower-case letters, digits, dashes and dots.",
          },
        ]
      : [],
};

/** The API server's format `ipv4` accepts leading zeros and reads the number as decimal. */
const withoutLeadingZeros = (text: string) => (text.includes(".") ? text.replace(/\b0+(?=\d)/g, "") : text);

/** The CRD expresses this rule in the structure of its schema. */
const ipAddressValue: Rule<Address> = {
  code: "GW1244",
  cel: 'oneOf [{"properties":{"type":{"enum":["IPAddress"]},"value":{"anyOf":[{"format":"ipv4"},{"format":"ipv6"}]}}},{"properties":{"type":{"not":{"enum":["IPAddress"]}}}}]',
  violations: (self) =>
    self.type === "IPAddress" && self.value !== undefined && !isIPAddress(withoutLeadingZeros(self.value))
      ? [
          {
            path: ["value"],
            message: "An address of type IPAddress is an IPv4 or IPv6 address.",
            given: self.value,
            allowed: "such as 203.0.113.7 or 2001:db8::7",
            fix: "Correct the address, or set type to Hostname for a DNS name.",
          },
        ]
      : [],
};

const routability: Rule<string> = {
  code: "GW1244",
  channel: "experimental",
  cel: "size(self) == 0 || self == 'Cluster' || (self.matches('^.*/.+$') && !format.dns1123Subdomain().validate(self.split('/')[0]).hasValue() && self.split('/')[0] != 'k8s.io' && !self.split('/')[0].endsWith('.k8s.io'))",
  violations: (self) => {
    const domain = self.split("/")[0] ?? "";
    const own = /^[^\n]*\/[^\n]+$/.test(self) && wildcardHostname.test(domain) && !domain.startsWith("*");
    return self === "" || self === "Cluster" || (own && domain !== "k8s.io" && !domain.endsWith(".k8s.io"))
      ? []
      : [
          {
            message: "This is no routability.",
            given: self,
            allowed: "Cluster, or domain/name outside k8s.io",
            fix: "Use one of these, or leave it out.",
          },
        ];
  },
};

const addressType =
  /^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

const gatewayAddress = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({
      type: z.string().min(1).check(longest(253)).regex(addressType).default("IPAddress"),
      value: z.string().check(longest(253)).optional(),
      routability: experimental(channel, withRules(channel, z.string().check(longest(253)), [routability])),
    }),
    [hostnameAddress, ipAddressValue],
  );

/** In a status, an address always has a value. */
const statusHostname: Rule<Address> = {
  ...hostnameAddress,
  cel: 'self.type == \'Hostname\' ? self.value.matches(r"""^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"""): true',
};

/** The schema of a Gateway's `status.addresses`. */
export const gatewayStatusAddresses = (channel: Channel) =>
  list(
    withRules(
      channel,
      z.strictObject({
        type: z.string().min(1).check(longest(253)).regex(addressType).default("IPAddress"),
        value: z.string().min(1).check(longest(253)).optional(),
        routability: experimental(channel, withRules(channel, z.string().check(longest(253)), [routability])),
      }),
      [statusHostname, ipAddressValue],
    ),
    { max: 16 },
  );

/** The schema of a Gateway's `spec.addresses`. */
export const gatewayAddresses = (channel: Channel) =>
  withRules(channel, list(gatewayAddress(channel), { max: 16 }), addressRules);
