import { ApiObject, Chart, type ChartProps, Lazy } from "cdk8s";
import type { Construct, IConstruct } from "constructs";
import type { AnyObject } from "../../api/declared/declared.ts";
import { isLate } from "../../api/declared/late.ts";
import type { IgnoreRule } from "../../api/load/ignoring.ts";
import { HOST, type IManifest, type ManifestHost } from "../../constructs/host.ts";
import { metadataOf } from "../../constructs/manifest.ts";
import type { CheckObjects } from "../check-objects.ts";
import { ChartFindings } from "./findings.ts";

export type { ChartProps } from "cdk8s";

/**
 * A cdk8s Chart that hosts manifests. Each manifest becomes an ApiObject below its construct, so that dependencies,
 * validations and `ApiObject.of(construct)` work. The chart's namespace applies to objects whose scope names none,
 * except those of cluster-scoped kinds. Its labels apply to all objects. Errors of `check` become validation errors of
 * the constructs at fault.
 */
export class ManifestChart extends Chart {
  readonly [HOST]: ManifestHost;

  /** @param ignore rules for findings about objects of this chart to ignore. */
  constructor(
    scope: Construct,
    id: string,
    props: ChartProps,
    check: CheckObjects,
    ignore: readonly IgnoreRule[] = [],
  ) {
    super(scope, id, props);
    const findings = new ChartFindings(this, check, ignore);
    this.node.addValidation({ validate: () => findings.ofChart() });
    this[HOST] = {
      add: (manifest) => {
        addApiObject(manifest);
        manifest.node.addValidation({ validate: () => findings.of(manifest) });
      },
      isLate: isLateInCdk8s,
      ...(this.namespace === undefined ? {} : { namespace: this.namespace }),
      labels: this.labels,
      namespaceLabels: (namespace) => labelsOfNamespace(this, namespace),
    };
  }
}

function addApiObject(manifest: IManifest): void {
  const { apiVersion, kind } = manifest;
  const metadata = {
    ...metadataOf(manifest),
    // A Chart sets its namespace on every object without one. A lazy undefined prevents that.
    ...(manifest.clusterScoped ? { namespace: Lazy.any({ produce: () => undefined }) } : {}),
  };
  const { apiVersion: _, kind: __, metadata: ___, spec: ____, ...members } = manifest.object ?? {};
  new ApiObject(manifest, "Resource", {
    ...(withLazy(members) as object),
    apiVersion,
    kind,
    metadata: withLazy(metadata) as object,
    spec: Lazy.any({ produce: () => withLazy(manifest.toSpec()) }),
  });
}

/** Reports whether cdk8s resolves a value itself: a Lazy, or an implicit token, which has a `resolve` method. */
function isLateInCdk8s(value: unknown): boolean {
  return isLate(value) || (isObject(value) && typeof value.resolve === "function");
}

/** Converts late values to cdk8s' own Lazy class, because cdk8s recognises late values by instanceof. */
function withLazy(value: unknown): unknown {
  if (isObject(value) && typeof value.produce === "function") {
    const { produce } = value;
    return Lazy.any({ produce: () => withLazy(produce.call(value)) });
  }
  if (Array.isArray(value)) return value.map(withLazy);
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withLazy(member)]));
}

/** Returns the labels of a Namespace that any chart of the app declares. */
function labelsOfNamespace(construct: IConstruct, namespace: string): Readonly<Record<string, string>> | undefined {
  for (const at of construct.node.root.node.findAll()) {
    if (!ApiObject.isApiObject(at) || at.kind !== "Namespace" || at.apiVersion !== "v1" || at.name !== namespace)
      continue;
    const { labels = {} } = at.metadata.toJson() as NonNullable<AnyObject["metadata"]>;
    return labels;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object";
}
