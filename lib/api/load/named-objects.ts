import { isLate } from "../declared/late.ts";

/** An object as another one names it. Names and namespaces may be late values. */
export interface NamedObject {
  readonly kind: string;
  readonly namespace: unknown;
  readonly name: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Every object that a spec names, by the API's way to name them: fields that end in Ref or Refs, and a Gateway's class.
 *
 * @param namespace of the object with the spec: references without a namespace mean it.
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
  // A late value is a black box: what it holds names nothing yet.
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

/** The kind that a reference in a field of this name means unless it says otherwise. */
function kindNamedBy(field: string): string | undefined {
  if (!/Refs?$/.test(field)) return undefined;
  if (/certificateRefs?$/i.test(field)) return /^ca/.test(field) ? "ConfigMap" : "Secret";
  return /^parent/.test(field) ? "Gateway" : "Service";
}
