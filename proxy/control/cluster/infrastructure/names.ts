import { createHash } from "node:crypto";

/** The maximum length of a Service's name and of a label's value (RFC 1123, label). */
const longest = 63;

/**
 * Returns the name of the objects of a Gateway: `NAME-CLASS` (GEP-1762). A hash of both names is appended where that is
 * not valid or not unique: a Gateway's name may have 253 characters and dots, which a Service's name may not; and with
 * a hyphen in the class's name, two Gateways could get the same Service.
 */
export function childName(gateway: string, gatewayClass: string): string {
  const name = `${gateway}-${gatewayClass}`;
  const isPlain = name.length <= longest && /^[a-z][-a-z0-9]*$/.test(name) && !gatewayClass.includes("-");
  if (isPlain) return name;
  const legal = name.replaceAll(/[^-a-z0-9]/g, "-").replace(/^(?![a-z])/, "g-");
  // Neither name can contain a slash, so the hashed text is unique.
  return `${legal.slice(0, longest - 9).replace(/-+$/, "")}-${hash(`${gateway}/${gatewayClass}`)}`;
}

/**
 * Returns a label value for a name, shortened with a hash if the name is too long. A name that looks like the value of a
 * longer one gets a hash as well, so that nobody can choose the value of another.
 */
export function labelValue(name: string): string {
  if (name.length < longest || (name.length === longest && !/-[0-9a-f]{8}$/.test(name))) return name;
  return `${name.slice(0, longest - 9).replace(/[^A-Za-z0-9]+$/, "")}-${hash(name)}`;
}

function hash(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 8);
}
