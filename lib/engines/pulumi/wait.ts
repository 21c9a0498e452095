import { all, type CustomTimeouts, type Input } from "@pulumi/pulumi";
import { gatewayGroup, groupOf } from "../../api/conversion/versions.ts";
import type { AnyObject } from "../../api/declared/declared.ts";
import type { Late } from "../../api/declared/late.ts";
import { parentRefsOf } from "../../targets/parent-refs.ts";

/** What a deployment waits for; {@link waitAnnotations}. */
export interface WaitOptions {
  /** Whether it waits at all. */
  readonly wait: boolean;
  /** Seconds for each object. Absent: the provider's own limit, ten minutes. */
  readonly timeoutSeconds?: number;
}

/** An entry of `parentRefs` or of `status.parents`, as far as it tells parents apart. */
interface Parent {
  readonly kind?: string;
  readonly name: Late<string>;
  readonly namespace?: Late<string>;
  readonly sectionName?: Late<string>;
  readonly port?: Late<number>;
}

/**
 * A route with the namespaces of its parents written out. A status names parents as the spec does, and only what is
 * written down can be waited for.
 */
export function withParentNamespaces(object: AnyObject): AnyObject {
  const parents = parentsOf(object);
  const { namespace } = object.metadata;
  if (parents.length === 0 || namespace === undefined) return object;
  const parentRefs = parents.map((parent) => (parent.namespace === undefined ? { ...parent, namespace } : parent));
  return { ...object, spec: { ...(object.spec as object), parentRefs } };
}

/**
 * What the Kubernetes provider is told to wait for, as it documents it: a Gateway is Programmed; a route is Accepted and
 * has ResolvedRefs by every parent, at the generation that was written; a CRD is Established. The author's own
 * annotations come first.
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
 * How long the provider waits for an object. The limit is an option of the resource, since the provider's annotation for
 * it would limit deletion as well, which takes a Gateway several seconds. An annotation of the author's comes first.
 */
export function waitLimits(object: AnyObject, { wait, timeoutSeconds }: WaitOptions): CustomTimeouts | undefined {
  if (!wait || timeoutSeconds === undefined || conditionOf(object) === undefined) return undefined;
  if (object.metadata.annotations?.["pulumi.com/timeoutSeconds"] !== undefined) return undefined;
  return { create: `${timeoutSeconds}s`, update: `${timeoutSeconds}s` };
}

/**
 * That a CRD is Established, and that the provider looks at it as this deployment wrote it. The provider reads from a
 * cache, and records what it has read: a CRD that was in the cluster before is Established already in the old state
 * without this annotation, which would show as a difference in the next preview.
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

/** The provider takes one expression, or several as a JSON array. */
function listed(expressions: readonly string[]): string {
  return expressions.length === 1 ? (expressions[0] ?? "") : JSON.stringify(expressions);
}

/**
 * That one parent accepts the route. The provider looks at the first match alone, so the match is the whole question; it
 * splits the expression at `=` and ends it at `}`, so there is no other comparison than `==` and no brace inside.
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
    // Only a route without namespace has parents without: its namespace is then the provider's to decide.
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
