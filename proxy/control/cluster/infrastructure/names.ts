import { createHash } from "node:crypto";

/** The longest name of a Service, and the longest value of a label (RFC 1123, label). */
const longest = 63;

/**
 * The name of what is made for a Gateway: `NAME-CLASS` (GEP-1762). It ends in a hash of both where that would not do: a
 * Gateway's name may have 253 characters and dots, and a Service's may not; and a class with a hyphen leaves open where
 * the Gateway's name ends, so that two Gateways would have one Service.
 */
export function childName(gateway: string, gatewayClass: string): string {
  const name = `${gateway}-${gatewayClass}`;
  const isPlain = name.length <= longest && /^[a-z][-a-z0-9]*$/.test(name) && !gatewayClass.includes("-");
  if (isPlain) return name;
  const legal = name.replaceAll(/[^-a-z0-9]/g, "-").replace(/^(?![a-z])/, "g-");
  // A slash is in neither name.
  return `${legal.slice(0, longest - 9).replace(/-+$/, "")}-${hash(`${gateway}/${gatewayClass}`)}`;
}

/**
 * A label's value for a name that may be too long for one. A name that looks like the value of a longer one gets a hash as
 * well, so that nobody can choose the value of another.
 */
export function labelValue(name: string): string {
  if (name.length < longest || (name.length === longest && !/-[0-9a-f]{8}$/.test(name))) return name;
  return `${name.slice(0, longest - 9).replace(/[^A-Za-z0-9]+$/, "")}-${hash(name)}`;
}

function hash(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 8);
}
