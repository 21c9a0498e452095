import type { IConstruct } from "constructs";
import type { AnyObject } from "../api/declared/declared.ts";
import type { Late } from "../api/declared/late.ts";
import type { ExtensionKind } from "../api/load/extension.ts";
import type { Finding } from "../findings/finding.ts";
import { DeclarationError, pathOf } from "./declaration-error.ts";

/**
 * Marks a construct as the host of the manifests below it. The symbol is registered, because the program and the engine
 * may each have loaded their own copy of this package.
 */
export const HOST = Symbol.for("gatewright.ManifestHost");

/** The interface of a Kubernetes object in a construct tree towards its host. */
export interface IManifest extends IConstruct {
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
  /** The whole object, if it is complete at construction and may have more than a spec, such as a Role's rules. */
  readonly object?: AnyObject;
  /** The kind and spec schema of a filter for ExtensionRef. Set only if the object configures such a filter. */
  readonly extensionKind?: ExtensionKind;
  /**
   * Returns the spec, with references as names and with routes bound by their labels. Late values are not resolved. The
   * result is complete only after the whole program has run.
   */
  toSpec(): unknown;
  /** Returns the object as it will be emitted. Late values are not resolved. */
  toObject(): AnyObject;
  /** Returns findings about the object that its manifest does not show. */
  remarks(): readonly Finding[];
}

/**
 * The receiver of the manifests of a tree: a cdk8s chart, an engine's component, or the plain tree of the command. A
 * construct is a host if it has one under {@link HOST}. The nearest host above a manifest receives it.
 */
export interface ManifestHost {
  /**
   * Receives each manifest once, during its construction. Its name, namespace, labels and annotations are set; its spec
   * is not available before synthesis. The host gets no notice if the manifest's constructor throws afterwards.
   */
  add(manifest: IManifest): void;
  /** Reports whether `value` is a late value in the form of this host's engine. */
  isLate(value: unknown): boolean;
  /** Namespace of objects whose scope names none. Absent: they have no namespace, and the client's default applies. */
  readonly namespace?: Late<string>;
  /** Labels that every object of this host gets. Labels of the object itself win. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Returns the labels of a namespace that the tree declares. A listener's `allowedRoutes.namespaces.selector` is
   * matched against them when routes are bound by their labels. Undefined: only the label with the namespace's name is
   * known, and a selector of other labels is assumed to match.
   */
  namespaceLabels?(namespace: string): Readonly<Record<string, string>> | undefined;
}

/** A construct that hosts manifests. */
export interface HostConstruct extends IConstruct {
  readonly [HOST]: ManifestHost;
}

/** Returns the host of `construct` itself, if it is one. */
export function hostIn(construct: IConstruct): ManifestHost | undefined {
  return (construct as Partial<HostConstruct>)[HOST];
}

/** Returns the nearest host at or above `construct`, if any. */
export function findHost(construct: IConstruct): ManifestHost | undefined {
  for (const scope of construct.node.scopes.reverse()) {
    const host = hostIn(scope);
    if (host !== undefined) return host;
  }
  return undefined;
}

/** Returns the nearest host at or above `construct`. Throws a {@link DeclarationError} if there is none. */
export function hostOf(construct: IConstruct): ManifestHost {
  const host = findHost(construct);
  if (host !== undefined) return host;
  const path = pathOf(construct);
  throw new DeclarationError(
    path,
    `nothing above it receives manifests (looked at ${construct.node.scopes.map(pathOf).reverse().join(", ")}). ` +
      "Put the scope into a GatewayChart of gatewright/cdk8s, hand it to simulate of gatewright/testing, or export " +
      "a function (scope) => … from the program and run it with the gatewright command.",
  );
}
