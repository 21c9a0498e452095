import type { IConstruct } from "constructs";
import type { AnyObject } from "../api/declared/declared.ts";
import type { Late } from "../api/declared/late.ts";
import type { ExtensionKind } from "../api/load/extension.ts";
import type { Finding } from "../findings/finding.ts";
import { DeclarationError, pathOf } from "./declaration-error.ts";

/**
 * Marks a construct as the host of the manifests below it. A registered symbol, because the program and the engine may
 * each have loaded their own copy of this package.
 */
export const HOST = Symbol.for("gatewright.ManifestHost");

/** One Kubernetes object in a construct tree, as its host sees it. */
export interface IManifest extends IConstruct {
  readonly apiVersion: string;
  readonly kind: string;
  /** `metadata.name`. */
  readonly name: Late<string>;
  /** `metadata.namespace`: that of the scope. Undefined on cluster-scoped kinds, and if no scope above names one. */
  readonly namespace?: Late<string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether objects of this kind have no namespace at all. */
  readonly clusterScoped: boolean;
  /** The whole object, of one that is complete at once and may have members besides its spec, such as a Role's rules. */
  readonly object?: AnyObject;
  /** Of an object of a filter for ExtensionRef: its kind, with the schema of its spec. */
  readonly extensionKind?: ExtensionKind;
  /**
   * The spec, with names in place of the objects it refers to and with the routes' labels bound. Late values are left as
   * they are. What it returns is complete only when the whole program has run.
   */
  toSpec(): unknown;
  /** The object as it will be emitted. Late values are left as they are. */
  toObject(): AnyObject;
  /** What there is to say about this object that its manifest does not show. */
  remarks(): readonly Finding[];
}

/**
 * What receives the manifests of a tree: a cdk8s chart, an engine's component, the plain tree of the command. A
 * construct is a host if it carries one under {@link HOST}; of several above a manifest the nearest receives it.
 */
export interface ManifestHost {
  /**
   * Receives each manifest once, while it is being constructed: its name, namespace, labels and annotations are known,
   * its spec is not before synthesis. A manifest that throws later in its constructor is never seen again.
   */
  add(manifest: IManifest): void;
  /** Whether `value` is known only later, in the form that this host's engine has for such values. */
  isLate(value: unknown): boolean;
  /** Namespace of the objects whose scope names none. Absent: they have none, and the client's default applies. */
  readonly namespace?: Late<string>;
  /** Labels that every object of this host gets; its own win. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Labels of a namespace, where the tree declares it: what a listener's `allowedRoutes.namespaces.selector` reads when
   * routes are bound by their labels. Undefined: nothing is known but the label with its name, and a selector of other
   * labels is taken to match.
   */
  namespaceLabels?(namespace: string): Readonly<Record<string, string>> | undefined;
}

/** A construct that hosts manifests. */
export interface HostConstruct extends IConstruct {
  readonly [HOST]: ManifestHost;
}

/** The host of `construct` itself. */
export function hostIn(construct: IConstruct): ManifestHost | undefined {
  return (construct as Partial<HostConstruct>)[HOST];
}

/** The nearest host at or above `construct`, if any. */
export function findHost(construct: IConstruct): ManifestHost | undefined {
  for (const scope of construct.node.scopes.reverse()) {
    const host = hostIn(scope);
    if (host !== undefined) return host;
  }
  return undefined;
}

/** The nearest host at or above `construct`. Throws a {@link DeclarationError} if nothing in the tree hosts manifests. */
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
