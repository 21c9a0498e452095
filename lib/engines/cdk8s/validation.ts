import { readFile } from "node:fs/promises";
import { check } from "../../analysis/check/check.ts";
import { groupNotes, groupWords, type NoteGroup } from "../../analysis/check/note-groups.ts";
import { objectName } from "../../analysis/traffic/describe.ts";
import type { Channel } from "../../api/index.ts";
import { type IgnoreRule, readIgnores } from "../../api/load/ignoring.ts";
import { load, type SourceContent } from "../../api/load/load.ts";
import { parseDocuments } from "../../api/parse/documents.ts";
import type { Finding } from "../../findings/finding.ts";

/** The `properties` of the plugin in cdk8s.yaml. */
export interface GatewayValidationProps {
  /** Default: `standard`, so fields and kinds of the experimental channel are errors. */
  readonly channel?: Channel;
  /** True: references to undeclared objects are errors. Default: false, as other sources may declare the objects. */
  readonly strict?: boolean;
  /** Files with contracts of Gateways, or other manifests to check against. Default: none. */
  readonly contracts?: readonly string[];
  /** Findings to ignore. Default: none. */
  readonly ignore?: readonly IgnoreRule[];
}

/** The part of cdk8s-cli's `ValidationContext` that the plugin uses. */
export interface ValidationContext {
  /** Paths of the written manifest files. */
  readonly manifests: readonly string[];
  readonly report: {
    addViolation(violation: ValidationViolation): void;
    submit(status: "success" | "failure"): void;
  };
  readonly logger: { log(message: string): void };
}

/** One violation, in the form of cdk8s-cli. */
export interface ValidationViolation {
  readonly ruleName: string;
  readonly recommendation: string;
  readonly fix: string;
  readonly violatingResources: readonly {
    readonly resourceName: string;
    readonly locations: readonly string[];
    readonly manifestPath: string;
  }[];
}

/**
 * A validation plugin of cdk8s-cli. `cdk8s synth` makes it check the manifests as written, including those of charts
 * other than {@link GatewayChart}, of Includes and of Helm charts. In cdk8s.yaml:
 *
 * ```yaml
 * validations:
 *   - package: ./node_modules/gatewright/cdk8s
 *     version: 0.1.0
 *     class: GatewayValidation
 * ```
 *
 * Errors are violations and fail the command. Advice and notes are logged.
 */
export class GatewayValidation {
  readonly props: GatewayValidationProps;

  constructor(props: GatewayValidationProps = {}) {
    this.props = props;
  }

  async validate({ manifests, report, logger }: ValidationContext): Promise<void> {
    const { channel = "standard", strict = false, contracts = [], ignore = [] } = this.props;
    const sources = await Promise.all([...contracts, ...manifests].map(sourceOf));
    const rules = { name: "ignore", declared: [], ...readIgnores(ignore, undefined) };
    const found = check(load([...sources, rules], { channel }), { strict });
    const errors = found.filter(({ severity }) => severity === "error");
    for (const finding of errors) report.addViolation(violationOf(finding));
    for (const finding of found) if (finding.severity === "advice") logger.log(lineOf(finding));
    const notes = groupNotes(found.filter(({ severity }) => severity === "note"));
    for (const group of notes) logger.log(group.count === 1 ? lineOf(group.first) : groupLine(group));
    const ignored = found.filter(({ severity }) => severity === "ignored").length;
    if (ignored > 0) logger.log(`${ignored} ignored`);
    report.submit(errors.length === 0 ? "success" : "failure");
  }
}

/** An unreadable file becomes a finding, so that the plugin itself does not fail. */
async function sourceOf(name: string): Promise<SourceContent> {
  try {
    const text = await readFile(name, "utf8");
    return { name, ...parseDocuments(text, name), texts: new Map([[name, text]]) };
  } catch (error) {
    const message = `The source cannot be read: ${(error as Error).message}`;
    const fix = "Check the path and its permissions.";
    return {
      name,
      declared: [],
      findings: [{ code: "GW1008", severity: "error", message, origin: { file: name }, fix }],
    };
  }
}

function violationOf({ code, message, allowed, fix = "", object, origin, field }: Finding): ValidationViolation {
  const manifestPath = origin !== undefined && "file" in origin ? origin.file : "";
  return {
    ruleName: code,
    recommendation: allowed === undefined ? message : `${message} Allowed: ${allowed}.`,
    fix,
    violatingResources: [
      { resourceName: object?.name ?? "", locations: field === undefined ? [] : [field], manifestPath },
    ],
  };
}

function groupLine(group: NoteGroup): string {
  return `note ${group.code}: ${groupWords(group)} (${group.count} notes)`;
}

function lineOf({ severity, code, message, object, field = "" }: Finding): string {
  const where = object === undefined ? "" : ` ${objectName(object)}${field === "" ? "" : ` ${field}`}`;
  return `${severity} ${code}${where}: ${message}`;
}
