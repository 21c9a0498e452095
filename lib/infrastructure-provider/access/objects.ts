import type { AnyObject, PersonaName } from "../../api/declared/declared.ts";
import { type ReasonedRule, withoutReason } from "../installation/rules.ts";
import { rulesOf } from "./rules.ts";

/** A subject that receives a persona's rights (rbac.authorization.k8s.io/v1, Subject). */
export type AccessSubject =
  | { readonly kind: "Group" | "User"; readonly name: string }
  | {
      readonly kind: "ServiceAccount";
      readonly name: string;
      /** Default: the namespace that the rights are for. */
      readonly namespace?: string;
    };

/** A persona's rights and their subjects. */
export interface Access {
  readonly persona: PersonaName;
  readonly namespace: string;
  readonly subjects: readonly AccessSubject[];
}

const apiGroup = "rbac.authorization.k8s.io";

/** Returns a Role and RoleBinding for the namespace, and a ClusterRole and ClusterRoleBinding for other access. */
export function accessObjects(name: string, { persona, namespace, subjects }: Access): readonly AnyObject[] {
  const { inNamespace, inCluster } = rulesOf(persona, namespace);
  const bound = subjects.map((subject) => subjectIn(subject, namespace));
  const own = { name, namespace };
  // All teams share the names of cluster-scoped objects, so the namespace is part of the name.
  const shared = { name: `${namespace}-${name}` };
  return [
    role("Role", own, inNamespace),
    binding("RoleBinding", own, "Role", bound),
    role("ClusterRole", shared, inCluster),
    binding("ClusterRoleBinding", shared, "ClusterRole", bound),
  ];
}

function role(kind: string, metadata: AnyObject["metadata"], rules: readonly ReasonedRule[]): AnyObject {
  return {
    apiVersion: `${apiGroup}/v1`,
    kind,
    metadata,
    rules: rules.map(withoutReason),
  };
}

function binding(
  kind: string,
  metadata: AnyObject["metadata"],
  roleKind: string,
  subjects: readonly Readonly<Record<string, string>>[],
): AnyObject {
  const roleRef = { apiGroup, kind: roleKind, name: metadata.name };
  return { apiVersion: `${apiGroup}/v1`, kind, metadata, roleRef, subjects };
}

function subjectIn(subject: AccessSubject, namespace: string): Readonly<Record<string, string>> {
  const { kind, name } = subject;
  if (kind !== "ServiceAccount") return { apiGroup, kind, name };
  return { kind, name, namespace: subject.namespace ?? namespace };
}
