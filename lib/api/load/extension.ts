/**
 * A kind of object that a filter of type ExtensionRef may name, as sources register it. What the filter does with
 * requests is the business of lib/filters; this is what it takes to read and to check its objects.
 */
export interface ExtensionKind {
  /** API group of its objects, such as `acme.io`. */
  readonly group: string;
  readonly kind: string;
  /** Version in which constructs write its objects. Objects are read in every version. */
  readonly version: string;
  /** What `spec` of its objects must be. Absent: anything. */
  readonly schema?: SpecSchema<unknown, unknown>;
}

/**
 * A schema of any library that follows Standard Schema (https://standardschema.dev), version 1: zod, valibot, arktype.
 * It must validate synchronously.
 */
export interface SpecSchema<Output, Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SpecResult<Output> | Promise<SpecResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema says of a value. */
export type SpecResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SpecIssue[] };

/** One thing that a schema finds wrong. */
export interface SpecIssue {
  readonly message: string;
  /** Where, from the spec downwards. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The kinds of filters that sources register, and their objects. */
export interface Extensions<Object> {
  /** Each group and kind once. */
  readonly kinds: readonly ExtensionKind[];
  /** Valid, each in its namespace. */
  readonly objects: readonly Object[];
  /** Objects of kinds that are neither registered nor Gatewright's own to read, each in its namespace. Absent: none. */
  readonly others?: readonly Object[];
}

/** Names a kind whatever its version: `acme.io/RequireApiKey`. */
export function extensionKey({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return `${group}/${kind}`;
}

/** A spec as the schema of its kind gives it, or what is wrong with it. Never throws, whatever the schema does. */
export function parseSpec<Output>(
  schema: SpecSchema<Output, unknown> | undefined,
  spec: unknown,
): { readonly value: unknown } | { readonly issues: readonly SpecIssue[] } {
  if (schema === undefined) return { value: spec };
  try {
    const result = schema["~standard"].validate(spec);
    if (!("then" in result)) return result.issues === undefined ? result : { issues: result.issues };
    // Nobody awaits it; without this its rejection would end the process.
    result.catch(() => undefined);
    return { issues: [{ message: "The schema validates asynchronously, and objects are checked synchronously." }] };
  } catch (error) {
    return { issues: [{ message: `The schema threw ${error instanceof Error ? error.message : String(error)}` }] };
  }
}
