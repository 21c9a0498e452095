import { z } from "zod";
import { type Channel, late, longest } from "../schema/schema.ts";

/** This module has scalars and small objects that many kinds share, with the limits and patterns of the CRDs. */

export const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
export const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
export const wildcardHostname = /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const groupPattern = /^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const kindPattern = /^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/;
export const domainPrefixed =
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;
export const headerName = /^[A-Za-z0-9!#$%&'*+\-.^_\x60|~]+$/;
const headerValuePattern = /^[!-~]+([\t ]?[!-~]+)*$/;
const durationPattern = /^([0-9]{1,5}(h|m|s|ms)){1,4}$/;

export const gatewayGroup = "gateway.networking.k8s.io";

export const group = () => z.string().check(longest(253)).regex(groupPattern);
export const kind = () => z.string().min(1).check(longest(63)).regex(kindPattern);
export const objectName = () => late(z.string().min(1).check(longest(253)));
export const namespace = () => late(z.string().min(1).check(longest(63)).regex(dnsLabel));
export const sectionName = () => z.string().min(1).check(longest(253)).regex(dnsSubdomain);
export const port = () => late(z.int32().min(1).max(65535));
export const hostname = () => late(z.string().min(1).check(longest(253)).regex(wildcardHostname));
export const preciseHostname = () => late(z.string().min(1).check(longest(253)).regex(dnsSubdomain));
export const duration = () => z.string().regex(durationPattern);
export const weight = () => late(z.int32().min(0).max(1_000_000));

/** A header value: any text in the standard channel, and field-content of RFC 9110 in the experimental channel. */
export const headerValue = (channel: Channel) => {
  const value = z.string().min(1).check(longest(4096));
  return channel === "experimental" ? value.regex(headerValuePattern) : value;
};

export const labelKey =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;
export const labelValue = () =>
  z
    .string()
    .min(0)
    .check(longest(63))
    .regex(/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/);
export const annotationValue = () => z.string().min(0).check(longest(4096));

const ipAddress = z.union([z.ipv4(), z.ipv6()]);

/** Recognizes IPv4 and IPv6 addresses without a zone. */
export const isIPAddress = (text: string): boolean => ipAddress.safeParse(text).success;
