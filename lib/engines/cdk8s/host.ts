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
 * A cdk8s Chart that hosts manifests: each becomes an ApiObject below its construct, so that dependencies, validations
 * and `ApiObject.of(construct)` hold. The chart's namespace goes to objects whose scope names none, never to kinds that
 * have none; its labels go to all. What `check` finds wrong becomes validation errors of the constructs at fault.
 */
export class ManifestChart extends Chart {
  readonly [HOST]: ManifestHost;

  /** @param ignore rules for findings about objects of this chart that are to be ignored. */
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
    // A Chart stamps its namespace on every object that brings none. A lazy nothing keeps it off.
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

/** What cdk8s resolves on its own: Lazy and, with a `resolve` method, its implicit tokens. */
function isLateInCdk8s(value: unknown): boolean {
  return isLate(value) || (isObject(value) && typeof value.resolve === "function");
}

/** Late values in the form that cdk8s resolves: it knows only its own class, by instanceof. */
function withLazy(value: unknown): unknown {
  if (isObject(value) && typeof value.produce === "function") {
    const { produce } = value;
    return Lazy.any({ produce: () => withLazy(produce.call(value)) });
  }
  if (Array.isArray(value)) return value.map(withLazy);
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withLazy(member)]));
}

/** From the Namespace that the app declares, in whatever chart. */
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
