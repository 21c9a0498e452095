import { Construct } from "constructs";
import type { PersonaName } from "../api/declared/declared.ts";
import { DeclarationError, pathBelow } from "../constructs/declaration-error.ts";
import { scopeOf } from "../constructs/persona.ts";
import { type AccessSubject, accessObjects } from "./access/objects.ts";
import type { InfrastructureProvider } from "./infrastructure-provider.ts";
import { InstalledObject } from "./installed-object.ts";

export type { AccessSubject } from "./access/objects.ts";

/** The persona, the namespace and the subjects of the rights. */
export interface PersonaAccessProps {
  readonly persona: PersonaName;
  /**
   * The namespace in which the persona may write: the team's namespace, or for an infrastructure provider the namespace
   * where Gatewright is installed. The namespace must exist already.
   */
  readonly namespace: string;
  /** Groups, users and ServiceAccounts. At least one is required. */
  readonly subjects: readonly AccessSubject[];
}

const personas: readonly string[] = [
  "InfrastructureProvider",
  "ClusterOperator",
  "ApplicationDeveloper",
] satisfies PersonaName[];

const subjectKinds: readonly string[] = ["Group", "User", "ServiceAccount"] satisfies AccessSubject["kind"][];

/**
 * Grants a team the rights of a persona in a cluster. The team may write with kubectl what the persona's scope may
 * declare in a program, and nothing else. docs/personas.md lists every right.
 *
 * ```ts
 * new PersonaAccess(infrastructure, "store-team", {
 *   persona: "ApplicationDeveloper",
 *   namespace: "store",
 *   subjects: [{ kind: "Group", name: "store-team" }],
 * });
 * ```
 *
 * Creates a Role and a RoleBinding with the construct's id as name in the namespace, and a ClusterRole and a
 * ClusterRoleBinding named `NAMESPACE-ID`. Throws a {@link DeclarationError} for an invalid persona or invalid
 * subjects.
 */
export class PersonaAccess extends Construct {
  constructor(scope: InfrastructureProvider, id: string, props: PersonaAccessProps) {
    super(scopeOf(scope, ["InfrastructureProvider"], "PersonaAccess", id), id);
    const problem = problemOf(props);
    if (problem !== undefined) throw new DeclarationError(pathBelow(scope, id), problem);
    for (const object of accessObjects(id, props)) new InstalledObject(this, object.kind.toLowerCase(), object);
  }
}

/** Repeats the compiler's checks for JavaScript, and adds checks that types cannot express. */
function problemOf({ persona, namespace, subjects }: PersonaAccessProps): string | undefined {
  if (!personas.includes(persona)) return `persona is ${String(persona)}; it is one of ${personas.join(", ")}.`;
  if (typeof namespace !== "string" || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    return `namespace is ${String(namespace)}; give the name of the team's namespace (RFC 1123 label).`;
  if (!Array.isArray(subjects) || subjects.length === 0)
    return 'subjects is empty; name who gets the rights, such as { kind: "Group", name: "store-team" }.';
  const wrong = (subjects as readonly AccessSubject[]).find(
    (subject) => !subjectKinds.includes(subject?.kind) || typeof subject.name !== "string" || subject.name === "",
  );
  if (wrong !== undefined)
    return `a subject is ${JSON.stringify(wrong)}; it has a kind (${subjectKinds.join(", ")}) and a name.`;
  return undefined;
}
