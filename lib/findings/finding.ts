/** Identifies a Kubernetes object. Cluster-scoped kinds have no `namespace`. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** The place that declares an object: a position in a file, a construct's path in its tree, or a cluster's address. */
export type Origin =
  | {
      readonly file: string;
      /** The line of the document or, in a finding, of the field. 1-based. */
      readonly line?: number;
      /** The column, 1-based. */
      readonly column?: number;
    }
  | {
      readonly construct: string;
      /** The place in the program that calls the construct's constructor. Absent if it is unknown. */
      readonly call?: SourceLine;
    }
  | { readonly cluster: string };

/** A line of a program. */
export interface SourceLine {
  /** The file, relative to the working directory if it is below it. */
  readonly file: string;
  /** The line, 1-based. */
  readonly line: number;
}

/** The file, construct or cluster of an origin, without the position in it. */
export function sourceOf(origin: Origin): string {
  if ("file" in origin) return origin.file;
  return "construct" in origin ? origin.construct : origin.cluster;
}

/**
 * The severity of a finding. An `error` makes a command fail, and `advice` never does. A `note` reports an action (an
 * object was replaced by a later source, a document was converted) or a part that cannot be checked yet. `ignored`
 * means that a rule accepts the finding; such findings are only counted.
 */
export type Severity = "error" | "advice" | "note" | "ignored";

/**
 * A statement about the input. Codes are stable: GW1xxx for sources, schema and CEL rules; GW2xxx for attachment,
 * references and the cluster; GW3xxx for advice.
 */
export interface Finding {
  readonly code: `GW${number}`;
  readonly severity: Severity;
  /** One sentence that describes the problem without its place. */
  readonly message: string;
  readonly object?: ObjectReference;
  readonly origin?: Origin;
  /** The field's path in the object, such as `spec.rules[0].backendRefs[1].weight`. */
  readonly field?: string;
  /** The offending value, truncated. Never the content of a Secret. */
  readonly given?: string;
  /** The values that are allowed. */
  readonly allowed?: string;
  /** Instructions for fixing the problem. */
  readonly fix?: string;
  /** The condition reason of the Gateway API, verbatim, if the API defines one. */
  readonly reason?: string;
  /** The reason for ignoring the finding, and its original severity. Set on ignored findings only. */
  readonly ignored?: IgnoredBecause;
  /** The object that no source declares. Set if the finding reports this. */
  readonly undeclared?: UndeclaredObject;
}

/** The reason for ignoring a finding, and its original severity. */
export interface IgnoredBecause {
  readonly severity: Exclude<Severity, "ignored">;
  readonly reason: string;
}

/** An object to which a reference exists and that no source declares. */
export interface UndeclaredObject {
  readonly kind: string;
  /** The object as `namespace/name`, or only its name if the kind is cluster-scoped. */
  readonly name: string;
}
