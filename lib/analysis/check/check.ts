import { unusedIgnores, withIgnored } from "../../api/load/ignoring.ts";
import type { Loaded } from "../../api/load/load.ts";
import type { Finding } from "../../findings/finding.ts";
import { attach } from "../../routing/attach/attach.ts";
import { findings as attachmentFindings } from "../../routing/attach/findings.ts";
import { advise } from "../advice/advise.ts";
import { routingModel } from "../traffic/model.ts";
import { contractFindings, withoutStandIns } from "./contracts.ts";
import { withInvalidParents } from "./invalid-parents.ts";
import { lateValues, withoutLate } from "./late.ts";
import { withNearMisses } from "./near-misses/near-misses.ts";
import { soften } from "./undeclared.ts";

export interface CheckOptions {
  /** One part alone: schema and rules (GW1xxx), handshake and references (GW2xxx), advice (GW3xxx). Absent: all. */
  readonly only?: "schema" | "attachment" | "advice";
  /**
   * Whether what no source declares is missing. Absent or false: it may be declared elsewhere, and what depends on it is
   * a note, so that one team's file can be checked without the others'.
   */
  readonly strict?: boolean;
}

/** Everything there is to say about a set of sources. */
export function check(loaded: Loaded, { only, strict = false }: CheckOptions = {}): Finding[] {
  const wants = (part: CheckOptions["only"]) => only === undefined || only === part;
  const found = withIgnored(
    [
      ...(wants("schema") ? [...loaded.findings, ...lateValues(loaded)] : loaded.findings.filter(isUnreadable)),
      ...(wants("attachment") ? checkAttachment(loaded, strict) : []),
      ...(wants("advice") ? checkAdvice(loaded, strict) : []),
    ],
    loaded.ignores,
  );
  return [
    ...found,
    ...unusedIgnores(
      found,
      loaded.ignores.filter(({ code }) => wants(partOf(code))),
    ),
  ];
}

/** The part of the check that reports a code. */
export function partOf(code: string): NonNullable<CheckOptions["only"]> {
  if (code.startsWith("GW1")) return "schema";
  return code.startsWith("GW2") ? "attachment" : "advice";
}

/** A source that could not be read is told whatever part is asked for: nothing can be said about what it holds. */
function isUnreadable({ code, severity }: Finding): boolean {
  return severity === "error" && code.startsWith("GW10");
}

function checkAttachment(loaded: Loaded, strict: boolean): Finding[] {
  const { attachment } = routingModel(loaded, { undeclared: "exists" });
  // A namespace that is not declared has a note already: without its labels the handshake would go no further.
  const undeclaredNamespaces = strict ? "missing" : "exists";
  const missing = attachmentFindings(attach(attachment.objects, { undeclared: "missing", undeclaredNamespaces }));
  const found = strict ? missing : soften(attachment, missing);
  const explained = withInvalidParents(loaded, withNearMisses(attachment.objects, found));
  const handshake = withoutStandIns(loaded, explained);
  return [...withoutLate(loaded, [...handshake, ...contractFindings(loaded, attachment)])];
}

/** Advice says what traffic meets, which nobody can tell while names, hostnames or ports are late. */
function checkAdvice(loaded: Loaded, strict: boolean): Finding[] {
  if (loaded.late.fields.length > 0) return [];
  const undeclaredNamespaces = strict ? "missing" : "exists";
  const { attachment, gateways } = routingModel(loaded, { undeclared: "exists", undeclaredNamespaces });
  return withoutStandIns(loaded, advise({ gateways, objects: attachment.objects }));
}
