import { Construct } from "constructs";
import type { AnyObject } from "../api/declared/declared.ts";
import { isLate, isStringifiedOutput, type Late } from "../api/declared/late.ts";
import type { Finding } from "../findings/finding.ts";
import { captureCall } from "./call-site.ts";
import { isClusterScopedKind } from "./cluster-scoped-kinds.ts";
import { DeclarationError, pathOf } from "./declaration-error.ts";
import { hostOf, type IManifest, type ManifestHost } from "./host.ts";
import { MANIFEST, type ManifestMetadata, metadataOf } from "./manifest.ts";
import { described, requireMappings } from "./mappings.ts";
import { requireName } from "./names.ts";
import { namespaceOf, type Persona, type PersonaName, scopeOf } from "./persona.ts";

/** The members of a whole object, as in its manifest. */
export interface KubernetesObjectProps {
  /** The API version, such as `v1` or `cert-manager.io/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The default name is the construct's id. The namespace is always that of the scope. */
  readonly metadata?: ManifestMetadata;
  /**
   * True for a cluster-scoped kind. Default: known for the kinds of Kubernetes itself, false for kinds of CRDs. This
   * member is not part of the object.
   */
  readonly clusterScoped?: boolean;
  /** The other members of the object, such as `spec`, `data` or `rules`. */
  readonly [member: string]: unknown;
}

const everyPersona: readonly PersonaName[] = ["InfrastructureProvider", "ClusterOperator", "ApplicationDeveloper"];

/**
 * A Kubernetes object of any kind without a construct of its own, in the scope of any persona: a ConfigMap with CA
 * certificates, an EndpointSlice, a policy of the Gateway's controller. Every target writes the object as given. If
 * Gatewright's routing reads the kind, the object is checked.
 *
 * ```ts
 * new KubernetesObject(this, "internal-ca", { apiVersion: "v1", kind: "ConfigMap", data: { "ca.crt": certificate } });
 * ```
 *
 * Throws a {@link DeclarationError} for a kind that has a construct, because that construct restricts the persona.
 */
export class KubernetesObject extends Construct implements IManifest {
  readonly apiVersion: string;
  readonly kind: string;
  /** The object's `metadata.name`. */
  readonly name: Late<string>;
  /** The object's `metadata.namespace`, from its scope. Undefined if cluster-scoped, or if no scope names one. */
  readonly namespace?: Late<string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** True if the kind is cluster-scoped. */
  readonly clusterScoped: boolean;
  /** The object as given, with its metadata. */
  readonly object: AnyObject;

  constructor(scope: Persona, id: string, props: KubernetesObjectProps) {
    super(scopeOf(scope, everyPersona, "KubernetesObject", id), id);
    const host = hostOf(this);
    const problem = problemOf(props, host);
    if (problem !== undefined) throw new DeclarationError(pathOf(this), problem);
    const { apiVersion, kind, metadata = {}, clusterScoped, ...members } = props;
    requireMappings(this, metadata);
    const name = metadata.name ?? id;
    requireName(this, kind, name, metadata.name === undefined ? "id" : "metadata.name", host);

    this.apiVersion = apiVersion;
    this.kind = kind;
    this.name = name;
    this.clusterScoped = clusterScoped ?? isClusterScopedKind(apiVersion, kind);
    const namespace = this.clusterScoped ? undefined : namespaceOf(scope);
    if (namespace !== undefined) this.namespace = namespace;
    this.labels = { ...host.labels, ...metadata.labels };
    this.annotations = { ...metadata.annotations };
    // Name and namespace may still be late values here, despite the cast. The host resolves them.
    this.object = { apiVersion, kind, metadata: metadataOf(this) as unknown as AnyObject["metadata"], ...members };
    Object.defineProperty(this, MANIFEST, { value: true });
    captureCall(this, new.target);
    host.add(this);
  }

  toSpec(): unknown {
    return this.object.spec;
  }

  /** Returns the object as it will be emitted. Late values are not resolved. */
  toObject(): AnyObject {
    return this.object;
  }

  remarks(): readonly Finding[] {
    return [];
  }
}

/** The members of `metadata` that authors may set. */
const metadataMembers: readonly string[] = ["name", "labels", "annotations"];

/** The kinds outside the Gateway API that have a construct, and the construct to use. */
const constructs: ReadonlyMap<string, string> = new Map([
  ["v1 Namespace", "new Namespace(…) in a class that extends ClusterOperator"],
  ["v1 Service", "new Service(…) in a class that extends ApplicationDeveloper"],
  ["gatewright.dev/v1alpha1 GatewayParameters", "new GatewayParameters(…)"],
]);

/** Repeats the compiler's checks for JavaScript, and adds checks that types cannot express. */
function problemOf(props: KubernetesObjectProps, host: ManifestHost): string | undefined {
  if (props === null || typeof props !== "object" || isLate(props))
    return `a KubernetesObject needs the object as third argument, but got ${described(props)}.`;
  const { apiVersion, kind, metadata } = props;
  for (const [member, value] of Object.entries({ apiVersion, kind })) {
    if (host.isLate(value) || (typeof value === "string" && isStringifiedOutput(value)))
      return `${member} is a value that becomes known only later; write it as in the object's manifest.`;
    if (typeof value !== "string" || value === "")
      return `${member} is ${JSON.stringify(value) ?? "missing"}; write it as in the object's manifest.`;
  }
  const construct = apiVersion.startsWith("gateway.networking.k8s.io/")
    ? `new ${kind}(…) in the scope of the persona that owns it`
    : constructs.get(`${apiVersion} ${kind}`);
  if (construct !== undefined) return `${apiVersion} ${kind} has a construct of its own: write ${construct}.`;
  if (metadata !== undefined && (metadata === null || typeof metadata !== "object" || isLate(metadata)))
    return `metadata is ${described(metadata)}; it has members ${metadataMembers.join(", ")}.`;
  const stranger = Object.keys(metadata ?? {}).find((member) => !metadataMembers.includes(member));
  if (stranger === undefined) return undefined;
  const fix = stranger === "namespace" ? " Give the namespace to the scope." : "";
  return `metadata.${stranger} cannot be set here; metadata takes ${metadataMembers.join(", ")}.${fix}`;
}
