import type { Finding } from "../../../findings/finding.ts";
import { namespaceOf, type RoutingObjects } from "../../../routing/objects.ts";

/** The reference that a finding is about, as it is written in the object. */
export interface Reference {
  /** The path of the reference in its object, such as `spec.parentRefs[0]`. */
  readonly field: string;
  /** The kinds that such a reference may name. Kinds of filter extensions include their group. */
  readonly kinds: readonly string[];
  /** The kind that the reference names, or the default kind. It need not be one of `kinds`. */
  readonly kind: string;
  /** True if the reference names another group than the kind's. */
  readonly isOtherGroup: boolean;
  /** Absent for a cluster-scoped kind. */
  readonly namespace?: string;
  /** `given`: the reference names it. `own`: it defaults to the referrer's. `local`: it is always the referrer's. */
  readonly namespaceFrom: "given" | "own" | "local";
  readonly name: string;
  readonly port?: number;
  readonly sectionName?: string;
  readonly from: { readonly kind: string; readonly namespace: string };
}

interface ReferenceKind {
  readonly field: RegExp;
  readonly kinds: readonly string[];
  readonly isLocal?: boolean;
}

const gatewayGroup = "gateway.networking.k8s.io";

const groups: Readonly<Record<string, string>> = {
  Gateway: gatewayGroup,
  ListenerSet: gatewayGroup,
  ServiceImport: "multicluster.x-k8s.io",
  GatewayParameters: "gatewright.dev",
  Service: "",
  Secret: "",
  ConfigMap: "",
};

/** All kinds of references by field path. The first of `kinds` is the default. */
const referenceKinds: readonly ReferenceKind[] = [
  { field: /^spec\.parentRefs\[\d+\]/, kinds: ["Gateway", "ListenerSet"] },
  { field: /^spec\.parentRef\b/, kinds: ["Gateway"] },
  { field: /^spec\.rules\[\d+\].*?\.requestMirror\.backendRef\b/, kinds: ["Service", "ServiceImport"] },
  { field: /^spec\.rules\[\d+\]\.backendRefs\[\d+\](?!\.filters)/, kinds: ["Service", "ServiceImport"] },
  { field: /^spec\.listeners\[\d+\]\.tls\.certificateRefs\[\d+\]/, kinds: ["Secret"] },
  { field: /^spec\.tls\.backend\.clientCertificateRef\b/, kinds: ["Secret"] },
  { field: /^spec\.tls\.frontend\..*caCertificateRefs\[\d+\]/, kinds: ["ConfigMap", "Secret"] },
  { field: /^spec\.validation\.caCertificateRefs\[\d+\]/, kinds: ["ConfigMap", "Secret"], isLocal: true },
  { field: /^spec\.targetRefs\[\d+\]/, kinds: ["Service"], isLocal: true },
  { field: /^spec\.parametersRef\b/, kinds: ["GatewayParameters", "ConfigMap"] },
  { field: /^spec\.infrastructure\.parametersRef\b/, kinds: ["GatewayParameters", "ConfigMap"], isLocal: true },
];

/** The reference that a finding is about, or undefined if the finding is about something else. */
export function referenceOfFinding({ object, field = "" }: Finding, objects: RoutingObjects): Reference | undefined {
  const declared = object === undefined ? undefined : objectOf(object, objects);
  if (declared === undefined) return undefined;
  const from = { kind: declared.kind, namespace: namespaceOf(declared) };
  if (field === "spec.gatewayClassName" && declared.kind === "Gateway") {
    const name = String(at(declared, field));
    const kinds = ["GatewayClass"];
    return { field, kinds, kind: "GatewayClass", isOtherGroup: false, namespaceFrom: "local", name, from };
  }
  const extension = /^spec\.rules\[\d+\].*?\.extensionRef\b/.exec(field)?.[0];
  if (extension !== undefined) return extensionReference(extension, at(declared, extension), objects, from);
  const known = referenceKinds.find((one) => one.field.test(field));
  const place = known?.field.exec(field)?.[0];
  if (known === undefined || place === undefined) return undefined;
  return objectReference(place, known, at(declared, place), from);
}

function objectReference(
  field: string,
  { kinds, isLocal = false }: ReferenceKind,
  written: unknown,
  from: Reference["from"],
): Reference | undefined {
  if (!isReference(written)) return undefined;
  const [first = ""] = kinds;
  const { kind = first, name, port, sectionName } = written;
  const group = written.group ?? groups[kind] ?? "";
  const namespace = isLocal ? from.namespace : (written.namespace ?? from.namespace);
  const chosen = written.namespace === undefined ? "own" : "given";
  return {
    field,
    kinds,
    kind,
    isOtherGroup: kinds.includes(kind) && group !== groups[kind],
    namespace,
    namespaceFrom: isLocal ? "local" : chosen,
    name,
    from,
    ...(port !== undefined && { port }),
    ...(sectionName !== undefined && { sectionName }),
  };
}

function extensionReference(
  field: string,
  written: unknown,
  { extensionKinds }: RoutingObjects,
  from: Reference["from"],
): Reference | undefined {
  if (!isReference(written)) return undefined;
  const kind = `${written.group ?? ""}/${written.kind ?? ""}`;
  const { name } = written;
  const { namespace } = from;
  const kinds = [...extensionKinds];
  return { field, kinds, kind, isOtherGroup: false, namespace, namespaceFrom: "local", name, from };
}

interface WrittenReference {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly port?: number;
  readonly sectionName?: string;
}

function isReference(value: unknown): value is WrittenReference {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "name") === "string";
}

type ReferringObject = {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

function objectOf(
  { kind, namespace = "default", name }: NonNullable<Finding["object"]>,
  { gatewayClasses, gateways, listenerSets, routes, backendTLSPolicies }: RoutingObjects,
): ReferringObject | undefined {
  const key = `${namespace}/${name}`;
  if (kind === "GatewayClass") return gatewayClasses.get(name)?.object;
  if (kind === "Gateway") return gateways.get(key)?.object;
  if (kind === "ListenerSet") return listenerSets.get(key)?.object;
  if (kind === "BackendTLSPolicy") return backendTLSPolicies.get(key)?.object;
  return routes.get(`${kind}/${key}`)?.object;
}

/** The value at a path such as `spec.rules[0].backendRefs[1]`. */
export function at(value: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter((step) => step !== "")
    .reduce<unknown>(
      (inner, step) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, step) : undefined),
      value,
    );
}
