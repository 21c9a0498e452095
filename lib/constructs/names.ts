import type { IConstruct } from "constructs";
import { isLate, isStringifiedOutput, type Late } from "../api/declared/late.ts";
import { DeclarationError, pathOf } from "./declaration-error.ts";
import type { ManifestHost } from "./host.ts";

/** RFC 1123 label. Kubernetes requires this form for the name of a namespace. */
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** RFC 1123 subdomain. Kubernetes requires this form for the names of all other kinds here. */
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Throws a {@link DeclarationError} unless `name` is a valid `metadata.name` for the object of `construct`. */
export function requireName(
  construct: IConstruct,
  kind: string,
  name: unknown,
  from: "id" | "metadata.name",
  host: ManifestHost,
): asserts name is Late<string> {
  if (host.isLate(name)) return;
  if (typeof name === "string" && name.length <= 253 && subdomain.test(name)) return;
  const origin = from === "id" ? `the construct's id ${quote(name)}` : quote(name);
  throw new DeclarationError(
    pathOf(construct),
    `${origin} cannot be metadata.name of a ${kind}. A name has at most 253 characters: lower-case letters, digits, ` +
      `"-" and ".", with a letter or digit at both ends of each part between dots. ` +
      (from === "id" ? "Choose such an id, or keep it and set metadata.name." : "Choose such a name."),
  );
}

/** Throws a {@link DeclarationError} unless `namespace` is a valid namespace for the objects in `construct`. */
export function requireNamespace(
  construct: IConstruct,
  namespace: unknown,
  host: ManifestHost | undefined,
): asserts namespace is Late<string> {
  if (host === undefined ? isLate(namespace) : host.isLate(namespace)) return;
  if (typeof namespace === "string" && label.test(namespace)) return;
  throw new DeclarationError(
    pathOf(construct),
    `${quote(namespace)} cannot be a namespace. A namespace has at most 63 characters: lower-case letters, digits ` +
      `and "-", with a letter or digit at both ends.`,
  );
}

/** Quotes a name for a message. The text that Pulumi makes of an Output is not shown: it is a long warning. */
function quote(value: unknown): string {
  if (typeof value === "string" && isStringifiedOutput(value)) {
    return "the text that an Output becomes in a template literal (use pulumi.interpolate instead)";
  }
  return JSON.stringify(value) ?? String(value);
}
