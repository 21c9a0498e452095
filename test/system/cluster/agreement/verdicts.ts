import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { kindDefinition } from "../../../../lib/api/kinds/kinds.ts";
import { validate } from "../../../../lib/api/load/validate.ts";
import type { Channel } from "../../../../lib/api/schema/schema.ts";
import type { ApiProxy } from "./api-proxy.ts";

/** The verdict of one judge on an object. */
export interface Verdict {
  readonly accepted: boolean;
  /** The field of each mistake, below the object. */
  readonly fields: readonly string[];
  /** The judge's own words, for the report. */
  readonly words: readonly string[];
  /** The judge stopped before its rules: there may be more mistakes than these. */
  readonly partial: boolean;
}

/** Returns the verdict of `gatewright check`, by the validation of lib/api. */
export function ourVerdict(object: AnyObject, channel: Channel): Verdict {
  const errors = validate(object, { channel }).findings.filter(({ severity }) => severity === "error");
  return {
    accepted: errors.length === 0,
    fields: errors.map(({ field = "" }) => field),
    words: errors.map(({ code, field, message }) => `${code} ${field}: ${message}`),
    partial: false,
  };
}

interface Status {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly Cause[] };
}

interface Cause {
  readonly field?: string;
  readonly message?: string;
}

/** Returns the verdict of the API server on `kubectl apply --dry-run=server`, with kubectl's strict validation. */
export async function serverVerdict(proxy: ApiProxy, object: AnyObject): Promise<Verdict> {
  const { status, body } = await proxy.call("POST", `${pathOf(object)}?dryRun=All&fieldValidation=Strict`, object);
  if (status === 201) return { accepted: true, fields: [], words: [], partial: false };
  const { reason, message = "", details } = body as Status;
  if (reason === "Invalid") return invalid(details?.causes ?? [], message);
  if (reason === "BadRequest") return unreadable(message);
  throw new Error(`${object.kind} ${object.metadata?.name}: the API server answers ${status} ${reason}: ${message}`);
}

/** Matches the cause that says that rules were skipped because the structure is invalid. */
const rulesLeftOut = /some validation rules were not checked/;

function invalid(causes: readonly Cause[], message: string): Verdict {
  const mistakes = causes.filter((cause) => !rulesLeftOut.test(cause.message ?? ""));
  return {
    accepted: false,
    fields: mistakes.map(({ field = "" }) => plainPath(field)),
    words: mistakes.length > 0 ? mistakes.map((cause) => `${cause.field}: ${cause.message}`) : [message],
    partial: mistakes.length < causes.length,
  };
}

/**
 * Returns the verdict on an object with a wrong type or unknown fields. The server refuses it before validation, with a
 * message only.
 */
function unreadable(message: string): Verdict {
  const unknown = [...message.matchAll(/unknown field "((?:[^"\\]|\\.)*)"/g)].map(([, field = ""]) => plainPath(field));
  return { accepted: false, fields: unknown, words: [message], partial: true };
}

/** Converts a field to our notation: `metadata.labels["a/b"]` and `spec.x[a]` name keys of maps. */
function plainPath(field: string): string {
  return field === "<nil>" ? "" : field;
}

function pathOf({ apiVersion, kind, metadata }: AnyObject): string {
  const definition = kindDefinition(apiVersion, kind);
  if (definition === undefined) throw new Error(`Nothing is known of ${apiVersion} ${kind}`);
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  if (definition.scope === "Cluster") return `${root}/${definition.plural}`;
  return `${root}/namespaces/${String(metadata?.namespace ?? "default")}/${definition.plural}`;
}

/** Describes how two verdicts differ; empty if they agree. */
export function disagreements(server: Verdict, ours: Verdict): string[] {
  if (server.accepted !== ours.accepted) {
    const [who, words] = server.accepted ? ["check refuses", ours.words] : ["the API server refuses", server.words];
    return [`only ${who} it: ${words.join("; ")}`];
  }
  const missing = server.fields.filter((field) => !isNamed(ours, field) && !isNamed(ours, listOf(field)));
  // A server that stopped early has not found every mistake.
  const extra = server.partial ? [] : ours.fields.filter((own) => !isNamed(server, own));
  return [
    ...missing.map((field) => `check does not name ${field}: ${ours.words.join("; ")} | ${server.words.join("; ")}`),
    ...extra.map((field) => `only check names ${field}: ${ours.words.join("; ")} | ${server.words.join("; ")}`),
  ];
}

/**
 * Returns the list of which a field is an item. Our validation compares the items of a list only if each of them is
 * valid; until then, a mistake within the list covers those between its items.
 */
function listOf(field: string): string {
  return field.replace(/\[\d+\]$/, "");
}

/**
 * Returns whether a verdict has a mistake at a field, below it or above it. The API server names the node that has the
 * rule, and our validation names the field or the item that breaks it.
 */
export function isNamed({ fields }: Verdict, field: string): boolean {
  return fields.some((own) => isWithin(own, field) || isWithin(field, own));
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || outer === "" || (inner.startsWith(outer) && /^[.[]/.test(inner.slice(outer.length)));
}
