import type { Declared } from "../../../api/declared/declared.ts";
import type { Finding } from "../../../findings/finding.ts";
import type { Attachment } from "../../../routing/attach/attachment.ts";
import type { Condition, ConditionProblem } from "../../../routing/attach/condition.ts";
import { type AnyApiObject, findingsOf } from "../../../routing/attach/findings.ts";
import type { Candidate } from "../../../routing/index/model.ts";
import { withNearMisses } from "../../check/near-misses/near-misses.ts";
import type { Decision, ParsedRequest } from "../route-request.ts";

/** A declared object, or a part of one, that is refused and would affect a request if it were accepted. */
export interface Refused {
  readonly kind: "gateway" | "listenerSet" | "listener" | "route" | "rule" | "backend" | "filter";
  /** The object or part, such as `listener web of Gateway infra/edge` or `HTTPRoute team-a/site rules[0]`. */
  readonly what: string;
  /** The Gateway API's condition reason, such as RefNotPermitted. */
  readonly reason: string;
  readonly message: string;
  /** The field's path in the object, such as `spec.listeners[0].tls.certificateRefs[0].namespace`. */
  readonly field?: string;
  readonly fix?: string;
}

/** A request with the routing decision for it at one Gateway. */
export interface ExplainedRequest {
  readonly attachment: Attachment;
  /** The Gateway as `namespace/name`. */
  readonly gateway: string;
  readonly request: ParsedRequest;
  readonly decision: Decision;
  readonly winner: Candidate | undefined;
}

/** A refused object with its conditions and problems. */
export interface Verdict {
  readonly attachment: Attachment;
  readonly declared: Declared<AnyApiObject>;
  readonly conditions: readonly Condition[];
  readonly problems: readonly ConditionProblem[];
}

/** Returns an entry for each cause, or one for the failed condition if no cause is known. */
export function refusedWith(
  { kind, what }: Pick<Refused, "kind" | "what">,
  { attachment, declared, conditions, problems }: Verdict,
): readonly Refused[] {
  const causes = withNearMisses(attachment.objects, findingsOf(declared, problems)).filter(
    ({ severity, reason }) => severity === "error" && reason !== undefined,
  );
  if (causes.length > 0) return causes.map((cause) => ({ kind, what, ...causeOf(cause) }));
  const no = conditions.find(({ type, status }) => type !== "Conflicted" && status !== "True");
  return no === undefined ? [] : [{ kind, what, reason: no.reason, message: no.message }];
}

/** Extracts the cause of a refusal from its finding. */
export function causeOf({ reason = "Invalid", message, field, fix }: Finding): Omit<Refused, "kind" | "what"> {
  return { reason, message, ...(field !== undefined && { field }), ...(fix !== undefined && { fix }) };
}
