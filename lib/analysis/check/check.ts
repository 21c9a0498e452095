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
  /** The part to check: schema and rules (GW1xxx), attachment (GW2xxx) or advice (GW3xxx). Default: all parts. */
  readonly only?: "schema" | "attachment" | "advice";
  /**
   * If true, an object that no source declares is an error. If false or absent, the object may be declared elsewhere,
   * and findings that depend on it become notes; so one team's file can be checked without the files of the others.
   */
  readonly strict?: boolean;
}

/** Returns all findings about a set of sources. */
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

/** An unreadable source is reported in every part of the check, because its objects take part in none. */
function isUnreadable({ code, severity }: Finding): boolean {
  return severity === "error" && code.startsWith("GW10");
}

function checkAttachment(loaded: Loaded, strict: boolean): Finding[] {
  const { attachment } = routingModel(loaded, { undeclared: "exists" });
  // An undeclared namespace already has a note. Treating its labels as missing would end the handshake there.
  const undeclaredNamespaces = strict ? "missing" : "exists";
  const missing = attachmentFindings(attach(attachment.objects, { undeclared: "missing", undeclaredNamespaces }));
  const found = strict ? missing : soften(attachment, missing);
  const explained = withInvalidParents(loaded, withNearMisses(attachment.objects, found));
  const handshake = withoutStandIns(loaded, explained);
  return [...withoutLate(loaded, [...handshake, ...contractFindings(loaded, attachment)])];
}

/** Advice describes traffic, which is unknown while names, hostnames or ports are late values. */
function checkAdvice(loaded: Loaded, strict: boolean): Finding[] {
  if (loaded.late.fields.length > 0) return [];
  const undeclaredNamespaces = strict ? "missing" : "exists";
  const { attachment, gateways } = routingModel(loaded, { undeclared: "exists", undeclaredNamespaces });
  return withoutStandIns(loaded, advise({ gateways, objects: attachment.objects }));
}
