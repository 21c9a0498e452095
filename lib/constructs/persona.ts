import { Construct, type IConstruct } from "constructs";
import type { PersonaName } from "../api/declared/declared.ts";
import type { Late } from "../api/declared/late.ts";
import { DeclarationError, pathBelow, pathOf } from "./declaration-error.ts";
import { findHost, hostIn } from "./host.ts";
import { requireNamespace } from "./names.ts";

export type { PersonaName } from "../api/declared/declared.ts";

export interface PersonaProps {
  /**
   * Namespace of everything in this scope.
   *
   * By default that of the scope above, then that of the chart or component; if none of them names one, the objects
   * have no namespace, and the client that applies them decides (`default`, as a rule).
   */
  readonly namespace?: Late<string>;
}

/**
 * A scope that one persona owns. The persona is a public literal, so that the compiler tells the scopes apart, also
 * when the program has loaded two copies of this package.
 */
export abstract class Persona<Name extends PersonaName = PersonaName> extends Construct {
  /** Namespace of everything in this scope: its own or inherited; undefined if none above names one either. */
  readonly namespace?: Late<string>;

  constructor(scope: Construct, id: string, props: PersonaProps = {}) {
    super(scope, id);
    const { namespace } = props;
    if (namespace !== undefined) requireNamespace(this, namespace, findHost(this));
    this.namespace = namespace ?? inheritedNamespace(this);
  }

  /** Whose scope this is. */
  abstract get persona(): Name;
}

/**
 * `scope`, if one of `personas` owns it. The compiler says the same; this is for JavaScript and for casts.
 * Throws a {@link DeclarationError} that names the object and the scope.
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

/** The namespace that a construct in `scope` has: of the nearest persona scope or host that names one. */
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

/** Whose scope it is, if it is one. By its literal, never by instanceof: it may come from another copy of this package. */
export function personaOf(scope: IConstruct): PersonaName | undefined {
  const { persona } = scope as Partial<Persona>;
  return typeof persona === "string" && personaNames.includes(persona) ? persona : undefined;
}

/** The persona whose scope `construct` is in. */
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
