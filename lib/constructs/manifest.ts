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

/** The metadata that an author may set on an object. */
export interface ManifestMetadata {
  /** Name of the object. Default: the construct's id. */
  readonly name?: Late<string>;
  /** Labels of the object, in addition to those of the chart or component. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the object. Default: none. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ManifestProps {
  readonly metadata?: ManifestMetadata;
}

/** The properties that all constructs of one kind share. */
export interface ManifestKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Constructs of cluster-scoped kinds have no namespace in any scope. */
  readonly scope: "Namespaced" | "Cluster";
  readonly personas: readonly PersonaName[];
}

/** Marks a construct as a manifest. The symbol is registered, so that other copies of this package recognise it. */
export const MANIFEST = Symbol.for("gatewright.Manifest");

/**
 * One Kubernetes object in a construct tree. All members are public, so that the types of two copies of this package
 * are compatible.
 */
export abstract class Manifest extends Construct implements IManifest {
  /** The properties shared with other constructs of the same kind. */
  readonly manifestKind: ManifestKind;
  readonly apiVersion: string;
  /** The object's `metadata.name`. */
  readonly name: Late<string>;
  /** The object's `metadata.namespace`, from its scope. Undefined if cluster-scoped, or if no scope names one. */
  readonly namespace?: Late<string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** True if the kind is cluster-scoped. */
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
   * Returns the spec, with references as names and with routes bound by their labels. Late values are not resolved. The
   * result is complete only after the whole program has run.
   */
  abstract toSpec(): unknown;

  /** Returns the object as it will be emitted. Late values are not resolved. */
  toObject(): AnyObject {
    return {
      apiVersion: this.apiVersion,
      kind: this.kind,
      // Name and namespace may still be late values here, despite the cast. The host resolves them.
      metadata: metadataOf(this) as unknown as AnyObject["metadata"],
      spec: this.toSpec(),
    };
  }

  /** Returns findings about the object that its manifest does not show. */
  remarks(): readonly Finding[] {
    return [];
  }
}

/** Returns the metadata of the object, without empty members. */
export function metadataOf(manifest: IManifest): Readonly<Record<string, unknown>> {
  const { name, namespace, labels, annotations } = manifest;
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/** Reports whether `construct` is a manifest of this or another copy of the package. */
export function isManifest(construct: unknown): construct is IManifest {
  return construct !== null && typeof construct === "object" && MANIFEST in construct;
}

/** Builds the reference to the object for findings. A name that is not known yet shows as `(late)`. */
export function referenceTo(manifest: IManifest): ObjectReference {
  const { apiVersion, kind, namespace } = manifest;
  return {
    apiVersion,
    kind,
    ...(namespace === undefined ? {} : { namespace: lateAsText(namespace) }),
    name: lateAsText(manifest.name),
  };
}

/** Returns the props without `metadata`: the spec as the author wrote it. */
export function specOf<P extends ManifestProps>(props: P): Omit<P, "metadata"> {
  const { metadata: _, ...spec } = props;
  return spec;
}
