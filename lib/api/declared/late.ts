/**
 * A value that becomes known only later: a Pulumi Output (`apply`), a cdk8s Lazy or a Terraform token (`produce`).
 * Recognised by shape, so that no engine has to be imported.
 */
export type LateValue<T> = { apply(callback: (value: T) => unknown): unknown } | { produce(...context: never[]): T };

/** A value, or one that becomes known later. Accepted for names, namespaces, ports, hostnames and weights only. */
export type Late<T> = T | LateValue<T>;

/** The type of a value in which no part is late: texts stand in the place of late values. */
export type WithoutLate<T> =
  T extends LateValue<unknown>
    ? never
    : T extends string | number | boolean | null | undefined
      ? T
      : { [Key in keyof T]: WithoutLate<T[Key]> };

/** Whether `value` has the shape of a value that becomes known later. */
export function isLate(value: unknown): value is LateValue<unknown> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  const { apply, produce } = value as { apply?: unknown; produce?: unknown };
  if (typeof produce === "function") return true;
  // Every function has an apply of its own (Function.prototype); a Pulumi Output is an object.
  return typeof value === "object" && typeof apply === "function";
}

/**
 * Whether a program gives `value` as one that becomes known later: a late value, or text or a number in which a CDK for
 * Terraform has hidden a token. In a file such text is text.
 */
export function isLateInProgram(value: unknown): boolean {
  if (typeof value === "string") return holdsToken(value);
  return typeof value === "number" ? isTokenNumber(value) : isLate(value);
}

/** A late text is written as `${TfToken[TOKEN.3]}`, in lists as `#{TfToken[TOKEN.3]}`. */
function holdsToken(text: string): boolean {
  return text.includes("{TfToken[") || text.includes("{Token[");
}

/** A late number is one whose upper 16 bits are a mark, about -4e298; a list of numbers holds about -1e289. */
function isTokenNumber(value: number): boolean {
  if (value > -1e280) return false;
  const mark = new DataView(new Float64Array([value]).buffer).getUint16(6, true);
  return mark === 0xfdff || mark === 0xfbff;
}

/**
 * Whether a text is what a Pulumi Output leaves when a program puts it into a template literal or joins it to a text.
 * The value itself is lost then.
 */
export function isStringifiedOutput(text: string): boolean {
  return text.includes("on an [Output<T>] is not supported");
}

/** How a message shows a value that may be late: text as it is, `(late)` for a late value outside a set of objects. */
export function lateAsText(value: unknown): string {
  if (typeof value === "string") return isStringifiedOutput(value) || holdsToken(value) ? "(late)" : value;
  if (!isLate(value)) return String(value);
  return isPlaceholder(value) ? value.toString() : "(late)";
}

/** Marks the values that stand for late ones and have a text of their own. */
export const placeholder: unique symbol = Symbol.for("gatewright.LatePlaceholder");

function isPlaceholder(value: object): value is { readonly [placeholder]: true } {
  return placeholder in value;
}
