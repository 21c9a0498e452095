import { isLate } from "../declared/late.ts";

/** A reference to an object. Its name and namespace may be late values. */
export interface NamedObject {
  readonly kind: string;
  readonly namespace: unknown;
  readonly name: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Collects the objects to which a spec refers. By the API's conventions, these are in fields that end in Ref or Refs,
 * and in a Gateway's class name.
 *
 * @param namespace the object's namespace, which is the default for its references.
 */
export function namedObjects(spec: unknown, namespace: unknown): readonly NamedObject[] {
  const found: NamedObject[] = [];
  collect(spec, namespace, found);
  return found;
}

function collect(value: unknown, namespace: unknown, into: NamedObject[], kind?: string): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, namespace, into, kind);
    return;
  }
  // The content of a late value is unknown, so it contains no references yet.
  if (!isPlain(value)) return;
  if (kind !== undefined && value.name !== undefined) {
    const { kind: own = kind, namespace: other = namespace, name } = value;
    into.push({ kind: String(own), namespace: other, name });
  }
  if (value.gatewayClassName !== undefined) {
    into.push({ kind: "GatewayClass", namespace: undefined, name: value.gatewayClassName });
  }
  for (const [name, field] of Object.entries(value)) collect(field, namespace, into, kindNamedBy(name));
}

function isPlain(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !isLate(value);
}

/** The default kind of references in a field with this name. */
function kindNamedBy(field: string): string | undefined {
  if (!/Refs?$/.test(field)) return undefined;
  if (/certificateRefs?$/i.test(field)) return /^ca/.test(field) ? "ConfigMap" : "Secret";
  return /^parent/.test(field) ? "Gateway" : "Service";
}
