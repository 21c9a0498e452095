/**
 * A value that becomes known only later: a Pulumi Output (`apply`), or a cdk8s Lazy or Terraform token (`produce`). It
 * is recognized by its structure, so no engine has to be imported.
 */
export type LateValue<T> = { apply(callback: (value: T) => unknown): unknown } | { produce(...context: never[]): T };

/** A value that may be late. Only names, namespaces, ports, hostnames and weights accept late values. */
export type Late<T> = T | LateValue<T>;

/** The type with late values removed: placeholder texts stand for them. */
export type WithoutLate<T> =
  T extends LateValue<unknown>
    ? never
    : T extends string | number | boolean | null | undefined
      ? T
      : { [Key in keyof T]: WithoutLate<T[Key]> };

/** Returns true if `value` has the structure of a late value. */
export function isLate(value: unknown): value is LateValue<unknown> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  const { apply, produce } = value as { apply?: unknown; produce?: unknown };
  if (typeof produce === "function") return true;
  // Functions inherit `apply` from Function.prototype. A Pulumi Output is an object.
  return typeof value === "object" && typeof apply === "function";
}

/**
 * Returns true if `value` is late in a program: a late value, or a text or number in which CDK for Terraform encodes a
 * token. In a file, such a text is an ordinary text.
 */
export function isLateInProgram(value: unknown): boolean {
  if (typeof value === "string") return holdsToken(value);
  return typeof value === "number" ? isTokenNumber(value) : isLate(value);
}

/** A token in a text looks like `${TfToken[TOKEN.3]}`, in a list like `#{TfToken[TOKEN.3]}`. */
function holdsToken(text: string): boolean {
  return text.includes("{TfToken[") || text.includes("{Token[");
}

/** A token number has a marker in its upper 16 bits: about -4e298 for a number, about -1e289 for a list of numbers. */
function isTokenNumber(value: number): boolean {
  if (value > -1e280) return false;
  const mark = new DataView(new Float64Array([value]).buffer).getUint16(6, true);
  return mark === 0xfdff || mark === 0xfbff;
}

/**
 * Returns true for the text that a Pulumi Output becomes in a template literal or when it is concatenated. The value
 * itself is then lost.
 */
export function isStringifiedOutput(text: string): boolean {
  return text.includes("on an [Output<T>] is not supported");
}

/** The text for a value in a message. A late value that does not belong to a loaded set appears as `(late)`. */
export function lateAsText(value: unknown): string {
  if (typeof value === "string") return isStringifiedOutput(value) || holdsToken(value) ? "(late)" : value;
  if (!isLate(value)) return String(value);
  return isPlaceholder(value) ? value.toString() : "(late)";
}

/** Marks placeholders, which stand for late values and have a text of their own. */
export const placeholder: unique symbol = Symbol.for("gatewright.LatePlaceholder");

function isPlaceholder(value: object): value is { readonly [placeholder]: true } {
  return placeholder in value;
}
