/**
 * A kind of object to which a filter of type ExtensionRef may refer, as a source registers it. It contains what is
 * needed to read and validate the objects; lib/filters runs the filters.
 */
export interface ExtensionKind {
  /** API group of its objects, such as `acme.io`. */
  readonly group: string;
  readonly kind: string;
  /** The version in which constructs write its objects. Objects of all versions are read. */
  readonly version: string;
  /** The schema of its objects' `spec`. Absent: any spec is valid. */
  readonly schema?: SpecSchema<unknown, unknown>;
}

/**
 * A schema from any library that implements Standard Schema version 1 (https://standardschema.dev), such as zod,
 * valibot or arktype. It must validate synchronously.
 */
export interface SpecSchema<Output, Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SpecResult<Output> | Promise<SpecResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The result of validating a value. */
export type SpecResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SpecIssue[] };

/** A problem that a schema reports. */
export interface SpecIssue {
  readonly message: string;
  /** The path of the problem in the spec. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The filter kinds that sources register, and their objects. */
export interface Extensions<Object> {
  /** The registered kinds, one per group and kind. */
  readonly kinds: readonly ExtensionKind[];
  /** The valid objects. Their namespaces are set. */
  readonly objects: readonly Object[];
  /** Objects of kinds that are neither registered nor known to Gatewright. Their namespaces are set. Absent: none. */
  readonly others?: readonly Object[];
}

/** The name of a kind without its version, such as `acme.io/RequireApiKey`. */
export function extensionKey({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return `${group}/${kind}`;
}

/** Validates a spec with its kind's schema. Never throws, even if the schema does. */
export function parseSpec<Output>(
  schema: SpecSchema<Output, unknown> | undefined,
  spec: unknown,
): { readonly value: unknown } | { readonly issues: readonly SpecIssue[] } {
  if (schema === undefined) return { value: spec };
  try {
    const result = schema["~standard"].validate(spec);
    if (!("then" in result)) return result.issues === undefined ? result : { issues: result.issues };
    // The promise is not awaited, so an unhandled rejection would end the process.
    result.catch(() => undefined);
    return { issues: [{ message: "The schema validates asynchronously, and objects are checked synchronously." }] };
  } catch (error) {
    return { issues: [{ message: `The schema threw ${error instanceof Error ? error.message : String(error)}` }] };
  }
}
