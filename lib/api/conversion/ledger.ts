import type { ConversionCode } from "../../findings/catalog/conversion.ts";
import type { Finding, ObjectReference, Severity } from "../../findings/finding.ts";
import type { AnyObject, Declared } from "../declared/declared.ts";
import { isLate, lateAsText } from "../declared/late.ts";
import { shown } from "./fields.ts";

/** What conversions that lose or change something have to say, beyond the message. */
interface Remark {
  /** The value as the document has it. */
  readonly given?: unknown;
  readonly allowed?: string;
  readonly fix?: string;
}

/**
 * The findings of the conversion of one object. Whatever a conversion does not carry over is entered here, under the
 * field as its author wrote it.
 */
export class Ledger {
  readonly findings: Finding[] = [];
  readonly #declared: Declared;

  constructor(declared: Declared) {
    this.#declared = declared;
  }

  /** Nothing of today's API says what the field says: an error, since the traffic would change. */
  lost(field: string, message: string, remark: Remark): void {
    this.#enter("GW1302", "error", field, message, remark);
  }

  /** The field is left out, or its meaning moved, and no traffic changes: a note. */
  settled(field: string, message: string, remark: Remark): void {
    this.#enter("GW1303", "note", field, message, remark);
  }

  /** The field does not have the form of its own version, so it cannot be read: an error. */
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

/** The object as its author names it: with the apiVersion, kind and namespace of the document. */
export function referenceTo({ apiVersion, kind, metadata }: AnyObject): ObjectReference {
  const { namespace, name } = metadata;
  return {
    apiVersion,
    kind,
    ...(namespace === undefined ? {} : { namespace: shownName(namespace) }),
    name: shownName(name),
  };
}

/** A program may hand over anything in place of a name; the validation reports what is no text. */
function shownName(name: unknown): string {
  return isLate(name) ? lateAsText(name) : (name as string);
}
