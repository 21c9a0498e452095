import type { Declared } from "../../../api/declared/declared.ts";
import type { Finding } from "../../../findings/finding.ts";
import type { Attachment } from "../../../routing/attach/attachment.ts";
import type { Condition, ConditionProblem } from "../../../routing/attach/condition.ts";
import { type AnyApiObject, findingsOf } from "../../../routing/attach/findings.ts";
import type { Candidate } from "../../../routing/index/model.ts";
import { withNearMisses } from "../../check/near-misses/near-misses.ts";
import type { Decision, ParsedRequest } from "../route-request.ts";

/** Something that is declared and not in force, and that would have a part in a request if it were. */
export interface Refused {
  readonly kind: "gateway" | "listenerSet" | "listener" | "route" | "rule" | "backend" | "filter";
  /** `listener web of Gateway infra/edge`, `HTTPRoute team-a/site rules[0]`. */
  readonly what: string;
  /** The Gateway API's condition reason, such as RefNotPermitted. */
  readonly reason: string;
  readonly message: string;
  /** Path below the object, such as `spec.listeners[0].tls.certificateRefs[0].namespace`. */
  readonly field?: string;
  readonly fix?: string;
}

/** A request on its way through a Gateway, as far as it came. */
export interface ExplainedRequest {
  readonly attachment: Attachment;
  /** `namespace/name`. */
  readonly gateway: string;
  readonly request: ParsedRequest;
  readonly decision: Decision;
  readonly winner: Candidate | undefined;
}

/** An object that is refused, with its verdict. */
export interface Verdict {
  readonly attachment: Attachment;
  readonly declared: Declared<AnyApiObject>;
  readonly conditions: readonly Condition[];
  readonly problems: readonly ConditionProblem[];
}

/** One entry for each cause; where all causes are summed up elsewhere, one for the condition that says no. */
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

/** What a finding says of the refusal that it stands for. */
export function causeOf({ reason = "Invalid", message, field, fix }: Finding): Omit<Refused, "kind" | "what"> {
  return { reason, message, ...(field !== undefined && { field }), ...(fix !== undefined && { fix }) };
}
