import { all, type CustomTimeouts, type Input } from "@pulumi/pulumi";
import { gatewayGroup, groupOf } from "../../api/conversion/versions.ts";
import type { AnyObject } from "../../api/declared/declared.ts";
import type { Late } from "../../api/declared/late.ts";
import { parentRefsOf } from "../../targets/parent-refs.ts";

/** Settings for waiting on objects. See {@link waitAnnotations}. */
export interface WaitOptions {
  /** False: the deployment does not wait. */
  readonly wait: boolean;
  /** Timeout for each object in seconds. Absent: the provider's default, ten minutes. */
  readonly timeoutSeconds?: number;
}

/** The fields of an entry in `parentRefs` or `status.parents` that identify the parent. */
interface Parent {
  readonly kind?: string;
  readonly name: Late<string>;
  readonly namespace?: Late<string>;
  readonly sectionName?: Late<string>;
  readonly port?: Late<number>;
}

/**
 * Writes the namespaces of a route's parents into its parentRefs. A status names parents exactly as the spec does, and
 * an expression to wait for needs the namespace.
 */
export function withParentNamespaces(object: AnyObject): AnyObject {
  const parents = parentsOf(object);
  const { namespace } = object.metadata;
  if (parents.length === 0 || namespace === undefined) return object;
  const parentRefs = parents.map((parent) => (parent.namespace === undefined ? { ...parent, namespace } : parent));
  return { ...object, spec: { ...(object.spec as object), parentRefs } };
}

/**
 * Returns the provider's annotation for conditions to wait for: a Gateway is Programmed; a route is Accepted and has
 * ResolvedRefs from every parent, at the written generation; a CRD is Established. The author's annotations win.
 */
export function waitAnnotations(object: AnyObject, { wait }: Pick<WaitOptions, "wait">): Record<string, Input<string>> {
  const waitFor = wait ? conditionOf(object) : undefined;
  const own = object.metadata.annotations ?? {};
  if (waitFor === undefined) return { ...own };
  return {
    "pulumi.com/waitFor": waitFor,
    ...own,
  };
}

/**
 * Returns how long the provider waits for an object. The limit is a resource option, because the provider's annotation
 * would also limit deletion, which takes several seconds for a Gateway. An annotation of the author wins.
 */
export function waitLimits(object: AnyObject, { wait, timeoutSeconds }: WaitOptions): CustomTimeouts | undefined {
  if (!wait || timeoutSeconds === undefined || conditionOf(object) === undefined) return undefined;
  if (object.metadata.annotations?.["pulumi.com/timeoutSeconds"] !== undefined) return undefined;
  return { create: `${timeoutSeconds}s`, update: `${timeoutSeconds}s` };
}

/**
 * Waits until a CRD is Established and has the annotation that this deployment writes. The provider records what it
 * reads from a cache. Without the second condition it may record the old state of a CRD that existed before, without
 * the annotation, and the next preview would show a difference.
 */
const established =
  'jsonpath={.status.conditions[?@.type=="Established"&&@.status=="True"&&$.metadata.annotations["pulumi.com/waitFor"]].type}';

function conditionOf(object: AnyObject): Input<string> | undefined {
  const { apiVersion, kind } = object;
  if (kind === "CustomResourceDefinition" && groupOf(apiVersion) === "apiextensions.k8s.io") {
    return established;
  }
  if (kind === "Gateway" && groupOf(apiVersion) === gatewayGroup) return "condition=Programmed";
  const expressions = parentsOf(object).map(acceptedBy);
  if (expressions.length === 0) return undefined;
  if (expressions.every((expression) => typeof expression === "string")) return listed(expressions);
  return all(expressions).apply(listed);
}

/** The provider accepts one expression, or several as a JSON array. */
function listed(expressions: readonly string[]): string {
  return expressions.length === 1 ? (expressions[0] ?? "") : JSON.stringify(expressions);
}

/**
 * Builds the expression that one parent accepts the route. The provider tests only the first match, so the filter
 * contains all conditions. It splits the expression at `=` and ends it at `}`, so the filter uses only `==` and no
 * braces.
 */
function acceptedBy({ kind, name, namespace, sectionName, port }: Parent): Input<string> {
  const values = [name, namespace, sectionName, port];
  if (values.some((value) => value !== null && typeof value === "object")) {
    return all(values as Input<string | number | undefined>[]).apply(([first, ...rest]) =>
      expression(kind, first, ...rest),
    );
  }
  return expression(kind, ...(values as readonly (string | number | undefined)[]));
}

function expression(kind: string | undefined, ...values: readonly (string | number | undefined)[]): string {
  const [name, namespace, sectionName, port] = values;
  const parts = [
    ...(kind === undefined || kind === "Gateway" ? [] : [`@.parentRef.kind==${JSON.stringify(kind)}`]),
    `@.parentRef.name==${JSON.stringify(name)}`,
    // Parents lack a namespace only if the route has none. The provider then decides the namespace.
    ...(namespace === undefined ? [] : [`@.parentRef.namespace==${JSON.stringify(namespace)}`]),
    sectionName === undefined ? "!@.parentRef.sectionName" : `@.parentRef.sectionName==${JSON.stringify(sectionName)}`,
    port === undefined ? "!@.parentRef.port" : `@.parentRef.port==${port}`,
    isTrue("Accepted"),
    isTrue("ResolvedRefs"),
  ];
  return `jsonpath={.status.parents[?${parts.join("&&")}].controllerName}`;
}

function isTrue(type: string): string {
  return `@.conditions[?@.type=="${type}"&&@.status=="True"&&@.observedGeneration==$.metadata.generation]`;
}

function parentsOf(object: AnyObject): readonly Parent[] {
  return parentRefsOf(object) as readonly Parent[];
}
