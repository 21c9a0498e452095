import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { kindDefinition } from "../../../../lib/api/kinds/kinds.ts";
import { validate } from "../../../../lib/api/load/validate.ts";
import type { Channel } from "../../../../lib/api/schema/schema.ts";
import type { ApiProxy } from "./api-proxy.ts";

/** What one judge says of an object. */
export interface Verdict {
  readonly accepted: boolean;
  /** Where each mistake is, below the object. */
  readonly fields: readonly string[];
  /** The judge's own words, for the report. */
  readonly words: readonly string[];
  /** The judge stopped before its rules: there may be more mistakes than these. */
  readonly partial: boolean;
}

/** What `gatewright check` says: that of lib/api. */
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

/** What the API server says to `kubectl apply --dry-run=server`, with kubectl's strict validation. */
export async function serverVerdict(proxy: ApiProxy, object: AnyObject): Promise<Verdict> {
  const { status, body } = await proxy.call("POST", `${pathOf(object)}?dryRun=All&fieldValidation=Strict`, object);
  if (status === 201) return { accepted: true, fields: [], words: [], partial: false };
  const { reason, message = "", details } = body as Status;
  if (reason === "Invalid") return invalid(details?.causes ?? [], message);
  if (reason === "BadRequest") return unreadable(message);
  throw new Error(`${object.kind} ${object.metadata?.name}: the API server answers ${status} ${reason}: ${message}`);
}

/** A note among the causes says that rules were left out because the structure is wrong. */
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

/** Of a wrong type, or with fields that nobody knows: the server says so before it validates, and in words alone. */
function unreadable(message: string): Verdict {
  const unknown = [...message.matchAll(/unknown field "((?:[^"\\]|\\.)*)"/g)].map(([, field = ""]) => plainPath(field));
  return { accepted: false, fields: unknown, words: [message], partial: true };
}

/** Our way of writing a field: `metadata.labels["a/b"]` and `spec.x[a]` are the map's. */
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

/** How two verdicts differ, in sentences; none if they agree. */
export function disagreements(server: Verdict, ours: Verdict): string[] {
  if (server.accepted !== ours.accepted) {
    const [who, words] = server.accepted ? ["check refuses", ours.words] : ["the API server refuses", server.words];
    return [`only ${who} it: ${words.join("; ")}`];
  }
  const missing = server.fields.filter((field) => !isNamed(ours, field) && !isNamed(ours, listOf(field)));
  // A server that stopped early has not come to every mistake.
  const extra = server.partial ? [] : ours.fields.filter((own) => !isNamed(server, own));
  return [
    ...missing.map((field) => `check does not name ${field}: ${ours.words.join("; ")} | ${server.words.join("; ")}`),
    ...extra.map((field) => `only check names ${field}: ${ours.words.join("; ")} | ${server.words.join("; ")}`),
  ];
}

/**
 * The list that a field is an item of. Ours compares the items of a list with each other once each of them is in order;
 * until then a mistake within the list stands for those between its items.
 */
function listOf(field: string): string {
  return field.replace(/\[\d+\]$/, "");
}

/**
 * Whether a verdict has a mistake at a field, in it, or at what it is part of: the API server names the part that a rule
 * stands at, and ours the field or the item to blame.
 */
export function isNamed({ fields }: Verdict, field: string): boolean {
  return fields.some((own) => isWithin(own, field) || isWithin(field, own));
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || outer === "" || (inner.startsWith(outer) && /^[.[]/.test(inner.slice(outer.length)));
}
