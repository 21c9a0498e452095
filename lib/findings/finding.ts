/** Names one Kubernetes object. `namespace` is absent on cluster-scoped kinds. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Where an object was declared: a place in a file, a construct's path in its tree, or a cluster by its address. */
export type Origin =
  | {
      readonly file: string;
      /** 1-based line of the document or, on a finding, of the field. */
      readonly line?: number;
      /** 1-based column. */
      readonly column?: number;
    }
  | {
      readonly construct: string;
      /** Where the program calls the construct's constructor. Absent: not known. */
      readonly call?: SourceLine;
    }
  | { readonly cluster: string };

/** A line of a program. */
export interface SourceLine {
  /** Relative to the working directory, if it is below it. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** The file, the construct or the cluster of an origin, without the place within. */
export function sourceOf(origin: Origin): string {
  if ("file" in origin) return origin.file;
  return "construct" in origin ? origin.construct : origin.cluster;
}

/**
 * `error` fails a command, `advice` never does, `note` tells what was done (an object replaced by a later
 * source, a document converted) or what could not be checked yet. `ignored` is what a rule says is accepted: it fails
 * nothing and is only counted.
 */
export type Severity = "error" | "advice" | "note" | "ignored";

/**
 * One thing to say about the input. Codes are stable: GW1xxx source, schema and CEL rules; GW2xxx handshake,
 * references and the cluster; GW3xxx advice.
 */
export interface Finding {
  readonly code: `GW${number}`;
  readonly severity: Severity;
  /** What is wrong, in one sentence, without the place. */
  readonly message: string;
  readonly object?: ObjectReference;
  readonly origin?: Origin;
  /** Path below the object, such as `spec.rules[0].backendRefs[1].weight`. */
  readonly field?: string;
  /** The offending value, shortened; never the content of a Secret. */
  readonly given?: string;
  /** What would be accepted. */
  readonly allowed?: string;
  /** What to do about it. */
  readonly fix?: string;
  /** The Gateway API's condition reason, verbatim, where the standard has one. */
  readonly reason?: string;
  /** Of an ignored finding: why it is ignored, and its severity otherwise. */
  readonly ignored?: IgnoredBecause;
  /** The object that no source declares, where that is what the finding says. */
  readonly undeclared?: UndeclaredObject;
}

/** Why a finding is ignored. */
export interface IgnoredBecause {
  readonly severity: Exclude<Severity, "ignored">;
  readonly reason: string;
}

/** An object that something refers to and no source declares. */
export interface UndeclaredObject {
  readonly kind: string;
  /** `namespace/name`, or the name alone of a kind that has no namespace. */
  readonly name: string;
}
