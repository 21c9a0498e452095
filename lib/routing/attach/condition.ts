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
  /** Absent for an object that no API server has numbered yet. */
  readonly observedGeneration?: number;
}

/** What is wrong, and where: from problems come both the conditions that say no and the findings. */
export interface Problem {
  readonly code: RoutingCode;
  /** Path below the object, such as `spec.listeners[1].tls.certificateRefs[0]`. */
  readonly field?: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  readonly given?: string;
  readonly allowed?: string;
  /** Absent: the catalog's. */
  readonly fix?: string;
  /** The object that no source declares, where that is what is wrong. */
  readonly undeclared?: UndeclaredObject;
  /** `error` when absent. */
  readonly severity?: Severity;
  /** It follows from other problems, which are findings already: only a condition says it. */
  readonly summary?: boolean;
}

/** Conditions of one object: they all carry its generation. */
export interface ConditionWriter {
  readonly yes: (type: string, reason: string, message: string) => Condition;
  /** False, with the reason of the first problem and the messages of all. `problems` is not empty. */
  readonly no: (type: string, problems: readonly Problem[]) => Condition;
  /** `True` for a condition whose truth is the bad news, such as Conflicted. */
  readonly bad: (type: string, problems: readonly Problem[]) => Condition;
  /** For what only the data plane can know. */
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

/** All that is wrong, each with its field and its fix; what summaries say is added by their own words. */
export function told(problems: readonly Problem[]): string {
  const sentences = problems.map(({ field, message, fix, code }) => {
    const place = field === undefined ? "" : `${field}: `;
    return `${place}${message} ${fix ?? routingCodes[code].fix}`;
  });
  return limitedMessage(sentences.join(" "), longestMessage);
}

/** In bytes: nobody reads more than a few lines. */
const longestMessage = 2_000;

function reasonOfFirst(problems: readonly Problem[]): string {
  const [first] = problems;
  return (first === undefined ? undefined : reasonOf(first.code)) ?? "Invalid";
}
