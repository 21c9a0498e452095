import { Construct, type IConstruct } from "constructs";
import type { PersonaName } from "../api/declared/declared.ts";
import type { Late } from "../api/declared/late.ts";
import { DeclarationError, pathBelow, pathOf } from "./declaration-error.ts";
import { findHost, hostIn } from "./host.ts";
import { requireNamespace } from "./names.ts";

export type { PersonaName } from "../api/declared/declared.ts";

export interface PersonaProps {
  /**
   * Namespace of all objects in this scope.
   *
   * Default: the namespace of the scope above, then that of the chart or component. If none of them names one, the
   * objects have no namespace, and the client that applies them decides (usually `default`).
   */
  readonly namespace?: Late<string>;
}

/**
 * A scope that one persona owns. `persona` is a public literal type, so that the compiler distinguishes the scopes even
 * if the program has loaded two copies of this package.
 */
export abstract class Persona<Name extends PersonaName = PersonaName> extends Construct {
  /** Namespace of all objects in this scope, its own or inherited. Undefined if no scope above names one either. */
  readonly namespace?: Late<string>;

  constructor(scope: Construct, id: string, props: PersonaProps = {}) {
    super(scope, id);
    const { namespace } = props;
    if (namespace !== undefined) requireNamespace(this, namespace, findHost(this));
    this.namespace = namespace ?? inheritedNamespace(this);
  }

  /** The persona that owns this scope. */
  abstract get persona(): Name;
}

/**
 * Returns `scope` if one of `personas` owns it. The compiler checks this as well; the check is for JavaScript and for
 * casts. Throws a {@link DeclarationError} that names the object and the scope.
 */
export function scopeOf(scope: Construct, personas: readonly PersonaName[], kind: string, id: string): Construct {
  if (!Construct.isConstruct(scope)) {
    throw new DeclarationError(
      id,
      `a ${kind} needs ${oneOf(personas)} scope as its first argument, but got ${describe(scope)}. ` +
        `Write new ${kind}(this, "${id}", { … }) inside a class that extends ${personas.join(" or ")}.`,
    );
  }
  const owner = personaOf(scope);
  if (owner !== undefined && personas.includes(owner)) return scope;
  const found = owner === undefined ? "which no persona owns" : `which is ${article(owner)} scope`;
  throw new DeclarationError(
    pathBelow(scope, id),
    `a ${kind} belongs to ${oneOf(personas)} scope, but it is made in "${pathOf(scope)}", ${found}. ` +
      `Make it in a class that extends ${personas.join(" or ")}, and hand it to "${pathOf(scope)}" as a prop.`,
  );
}

/** Returns the namespace of a construct in `scope`: that of the nearest persona scope or host that names one. */
export function namespaceOf(scope: IConstruct): Late<string> | undefined {
  for (const at of scope.node.scopes.reverse()) {
    const namespace = personaOf(at) === undefined ? hostIn(at)?.namespace : (at as Persona).namespace;
    if (namespace !== undefined) return namespace;
  }
  return undefined;
}

function inheritedNamespace(scope: IConstruct): Late<string> | undefined {
  return scope.node.scope === undefined ? undefined : namespaceOf(scope.node.scope);
}

const personaNames: readonly string[] = ["InfrastructureProvider", "ClusterOperator", "ApplicationDeveloper"];

/** Returns the persona of a scope, if any. Tests the literal, not instanceof: the scope may be of another copy. */
export function personaOf(scope: IConstruct): PersonaName | undefined {
  const { persona } = scope as Partial<Persona>;
  return typeof persona === "string" && personaNames.includes(persona) ? persona : undefined;
}

/** Returns the persona that owns the nearest scope at or above `construct`. */
export function ownerOf(construct: IConstruct): PersonaName | undefined {
  for (const scope of construct.node.scopes.reverse()) {
    const owner = personaOf(scope);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function oneOf(personas: readonly PersonaName[]): string {
  return personas.map((persona) => article(persona)).join(" or ");
}

function article(persona: PersonaName): string {
  return `${/^[AI]/.test(persona) ? "an" : "a"} ${persona}`;
}

function describe(value: unknown): string {
  return value === null || typeof value !== "object" ? String(value) : `a ${value.constructor?.name ?? "plain object"}`;
}
