import type { ConversionCode } from "../../findings/catalog/conversion.ts";
import type { Finding, ObjectReference, Severity } from "../../findings/finding.ts";
import type { AnyObject, Declared } from "../declared/declared.ts";
import { isLate, lateAsText } from "../declared/late.ts";
import { shown } from "./fields.ts";

/** Details of a finding in addition to its message. */
interface Remark {
  /** The value in the document. */
  readonly given?: unknown;
  readonly allowed?: string;
  readonly fix?: string;
}

/** Collects findings about the conversion of one object. Each names the field as it is in the document. */
export class Ledger {
  readonly findings: Finding[] = [];
  readonly #declared: Declared;

  constructor(declared: Declared) {
    this.#declared = declared;
  }

  /** Reports a field without an equivalent in the current API. This is an error, because traffic would change. */
  lost(field: string, message: string, remark: Remark): void {
    this.#enter("GW1302", "error", field, message, remark);
  }

  /** Reports a field that is dropped or moved without an effect on traffic. This is a note. */
  settled(field: string, message: string, remark: Remark): void {
    this.#enter("GW1303", "note", field, message, remark);
  }

  /** Reports a field that is invalid in its own version and cannot be read. This is an error. */
  malformed(field: string, given: unknown, allowed: string): void {
    this.#enter("GW1304", "error", field, "The field does not have the form that its version gives it", {
      given,
      allowed,
      fix: "Correct the field, or write it in today's vocabulary.",
    });
  }

  note(code: ConversionCode, field: string, message: string, remark: Remark = {}): void {
    this.#enter(code, "note", field, message, remark);
  }

  error(code: ConversionCode, field: string, message: string, remark: Remark = {}): void {
    this.#enter(code, "error", field, message, remark);
  }

  #enter(code: ConversionCode, severity: Severity, field: string, message: string, { given, ...rest }: Remark): void {
    const { object, origin } = this.#declared;
    this.findings.push({
      code,
      severity,
      message,
      object: referenceTo(object),
      origin,
      field,
      ...(given === undefined ? {} : { given: shown(given) }),
      ...rest,
    });
  }
}

/** The object as the document names it, with its apiVersion, kind and namespace. */
export function referenceTo({ apiVersion, kind, metadata }: AnyObject): ObjectReference {
  const { namespace, name } = metadata;
  return {
    apiVersion,
    kind,
    ...(namespace === undefined ? {} : { namespace: shownName(namespace) }),
    name: shownName(name),
  };
}

/** A program may pass any value as a name. Validation reports values that are not texts. */
function shownName(name: unknown): string {
  return isLate(name) ? lateAsText(name) : (name as string);
}
