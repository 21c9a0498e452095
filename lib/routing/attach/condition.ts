import type { ObjectMeta } from "../../api/declared/declared.ts";
import { type RoutingCode, reasonOf, routingCodes } from "../../findings/catalog/routing.ts";
import type { Severity, UndeclaredObject } from "../../findings/finding.ts";
import { limitedMessage } from "../../printing/limited.ts";

/** A Kubernetes condition (meta/v1) as the Gateway API uses it. The caller that writes it adds lastTransitionTime. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  /** Absent if the object has no `metadata.generation`, because it does not come from an API server. */
  readonly observedGeneration?: number;
}

/** An error in an object, and its place. Both negative conditions and findings are derived from problems. */
export interface ConditionProblem {
  readonly code: RoutingCode;
  /** Field path within the object, such as `spec.listeners[1].tls.certificateRefs[0]`. */
  readonly field?: string;
  /** One sentence that says what is wrong. */
  readonly message: string;
  readonly given?: string;
  readonly allowed?: string;
  /** Absent: the fix in the catalog of findings. */
  readonly fix?: string;
  /** The referenced object that no source declares, if that is the problem. */
  readonly undeclared?: UndeclaredObject;
  /** Absent: `error`. */
  readonly severity?: Severity;
  /** True if the problem follows from others that are findings themselves. It appears in conditions only. */
  readonly summary?: boolean;
}

/** Writes the conditions of one object, all with the object's generation. */
export interface ConditionWriter {
  readonly yes: (type: string, reason: string, message: string) => Condition;
  /** Writes False, with the reason of the first problem and the messages of all. `problems` must not be empty. */
  readonly no: (type: string, problems: readonly ConditionProblem[]) => Condition;
  /** Writes True for a condition with negative polarity, such as Conflicted. */
  readonly bad: (type: string, problems: readonly ConditionProblem[]) => Condition;
  /** Writes Unknown with reason Pending, for a condition that only the data plane can decide. */
  readonly pending: (type: string, message: string) => Condition;
  readonly write: (type: string, status: Condition["status"], reason: string, message: string) => Condition;
}

export function conditionsOf(object: { readonly metadata: ObjectMeta }): ConditionWriter {
  const { generation } = object.metadata;
  const write: ConditionWriter["write"] = (type, status, reason, message) => ({
    type,
    status,
    reason,
    message,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  });
  return {
    write,
    yes: (type, reason, message) => write(type, "True", reason, message),
    no: (type, problems) => write(type, "False", reasonOfFirst(problems), told(problems)),
    bad: (type, problems) => write(type, "True", reasonOfFirst(problems), told(problems)),
    pending: (type, message) => write(type, "Unknown", "Pending", message),
  };
}

/** Joins the messages of problems, each with its field and its fix. */
export function told(problems: readonly ConditionProblem[]): string {
  const sentences = problems.map(({ field, message, fix, code }) => {
    const place = field === undefined ? "" : `${field}: `;
    return `${place}${message} ${fix ?? routingCodes[code].fix}`;
  });
  return limitedMessage(sentences.join(" "), longestMessage);
}

/** Limit in bytes: a longer message is not read anyway. */
const longestMessage = 2_000;

function reasonOfFirst(problems: readonly ConditionProblem[]): string {
  const [first] = problems;
  return (first === undefined ? undefined : reasonOf(first.code)) ?? "Invalid";
}
