import { Construct } from "constructs";
import type { AnyObject } from "../api/declared/declared.ts";
import { isLate, type Late, lateAsText } from "../api/declared/late.ts";
import type { Finding, ObjectReference } from "../findings/finding.ts";
import { captureCall } from "./call-site.ts";
import { DeclarationError, pathOf } from "./declaration-error.ts";
import { hostOf, type IManifest } from "./host.ts";
import { described, requireMappings } from "./mappings.ts";
import { requireName } from "./names.ts";
import { namespaceOf, type PersonaName, scopeOf } from "./persona.ts";

/** What a construct may say about its object besides the spec. */
export interface ManifestMetadata {
  /** Name of the object. By default the construct's id. */
  readonly name?: Late<string>;
  /** By default the labels of the chart or component, if it has any. */
  readonly labels?: Readonly<Record<string, string>>;
  /** By default none. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ManifestProps {
  readonly metadata?: ManifestMetadata;
}

/** What is the same for every construct of one kind. */
export interface ManifestKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Cluster-scoped kinds have no namespace, wherever they are made. */
  readonly scope: "Namespaced" | "Cluster";
  readonly personas: readonly PersonaName[];
}

/** Marks a construct as a manifest, also for another copy of this package. */
export const MANIFEST = Symbol.for("gatewright.Manifest");

/**
 * One Kubernetes object in a construct tree. It has no members but public ones, so that the types of two copies of this
 * package agree.
 */
export abstract class Manifest extends Construct implements IManifest {
  /** What it has in common with the other constructs of its kind. */
  readonly manifestKind: ManifestKind;
  readonly apiVersion: string;
  /** `metadata.name`. */
  readonly name: Late<string>;
  /** `metadata.namespace`: that of the scope. Undefined on cluster-scoped kinds, and if no scope above names one. */
  readonly namespace?: Late<string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether objects of this kind have no namespace at all. */
  readonly clusterScoped: boolean;

  constructor(scope: Construct, id: string, kind: ManifestKind, props: ManifestProps) {
    super(scopeOf(scope, kind.personas, kind.kind, id), id);
    const host = hostOf(this);
    if (props === null || typeof props !== "object" || isLate(props)) {
      throw new DeclarationError(
        pathOf(this),
        `a ${kind.kind} needs its spec as third argument, but got ${described(props)}. ` +
          `Write new ${kind.kind}(scope, "${id}", { … }) with the fields of the spec.`,
      );
    }
    const metadata = props.metadata ?? {};
    requireMappings(this, metadata);
    const name = metadata.name ?? id;
    requireName(this, kind.kind, name, metadata.name === undefined ? "id" : "metadata.name", host);

    this.manifestKind = kind;
    this.apiVersion = kind.apiVersion;
    this.name = name;
    this.clusterScoped = kind.scope === "Cluster";
    this.namespace = this.clusterScoped ? undefined : namespaceOf(scope);
    this.labels = { ...host.labels, ...metadata.labels };
    this.annotations = { ...metadata.annotations };
    Object.defineProperty(this, MANIFEST, { value: true });
    captureCall(this, new.target);
    host.add(this);
  }

  /** The Kubernetes kind. */
  abstract get kind(): string;

  /**
   * The spec, with names in place of the objects it refers to and with the routes' labels bound. Late values are left as
   * they are. What it returns is complete only when the whole program has run.
   */
  abstract toSpec(): unknown;

  /** The object as it will be emitted. Late values are left as they are. */
  toObject(): AnyObject {
    return {
      apiVersion: this.apiVersion,
      kind: this.kind,
      // Names and namespaces may still be late here; the host that resolves them makes this true.
      metadata: metadataOf(this) as unknown as AnyObject["metadata"],
      spec: this.toSpec(),
    };
  }

  /** What there is to say about this object that its manifest does not show. */
  remarks(): readonly Finding[] {
    return [];
  }
}

/** The metadata of the object, without what is empty. */
export function metadataOf(manifest: IManifest): Readonly<Record<string, unknown>> {
  const { name, namespace, labels, annotations } = manifest;
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/** Whether `construct` is a manifest of this or another copy of the package. */
export function isManifest(construct: unknown): construct is IManifest {
  return construct !== null && typeof construct === "object" && MANIFEST in construct;
}

/** How findings name the object. A name that is not known yet shows as `(late)`. */
export function referenceTo(manifest: IManifest): ObjectReference {
  const { apiVersion, kind, namespace } = manifest;
  return {
    apiVersion,
    kind,
    ...(namespace === undefined ? {} : { namespace: lateAsText(namespace) }),
    name: lateAsText(manifest.name),
  };
}

/** The props without `metadata`: the spec as the author wrote it. */
export function specOf<P extends ManifestProps>(props: P): Omit<P, "metadata"> {
  const { metadata: _, ...spec } = props;
  return spec;
}
