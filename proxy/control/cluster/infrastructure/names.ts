import { createHash } from "node:crypto";

/** The longest name of a Service, and the longest value of a label (RFC 1123, label). */
const longest = 63;

/**
 * The name of what is made for a Gateway: `NAME-CLASS` (GEP-1762). A Gateway's name may have 253 characters and dots; a
 * Service's may not, so that a name that would not do ends in a hash of the whole.
 */
export function childName(gateway: string, gatewayClass: string): string {
  return asLabel(`${gateway}-${gatewayClass}`);
}

/** A label's value for a name that may be too long for one. */
export function labelValue(name: string): string {
  if (name.length <= longest) return name;
  return `${name.slice(0, longest - 9).replace(/[^A-Za-z0-9]+$/, "")}-${hash(name)}`;
}

function asLabel(name: string): string {
  if (name.length <= longest && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) return name;
  const legal = `g-${name}`.replaceAll(/[^-a-z0-9]/g, "-").slice(0, longest - 9);
  return `${legal.replace(/-+$/, "")}-${hash(name)}`;
}

function hash(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 8);
}
