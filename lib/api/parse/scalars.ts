import type { ScalarTag } from "yaml";

/**
 * This module reads scalars as kubectl does, by YAML 1.1 as implemented in go.yaml.in/yaml/v2. Numbers may contain
 * underscores, a leading zero means octal and `0b` binary; `yes`, `no`, `on` and `off` are booleans; times are text.
 */

const words: ReadonlyMap<string, boolean | null | number> = new Map<string, boolean | null | number>([
  ...entries(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], true),
  ...entries(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], false),
  ...entries(["", "~", "null", "Null", "NULL"], null),
  ...entries([".nan", ".NaN", ".NAN"], Number.NaN),
  ...entries([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], Number.POSITIVE_INFINITY),
  ...entries(["-.inf", "-.Inf", "-.INF"], Number.NEGATIVE_INFINITY),
]);

function entries<T>(texts: readonly string[], value: T): [string, T][] {
  return texts.map((text) => [text, value]);
}

/** Returns the value of the plain scalar `text`, or undefined if it is a string. */
export function resolvePlain(text: string): boolean | null | number | undefined {
  return words.get(text) ?? (words.has(text) ? null : numberIn(text));
}

const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const time =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?(?:Z|[-+]\d{2}:\d{2})| \d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?)?$/;

function numberIn(text: string): number | undefined {
  if (!/^[-+.0-9]/.test(text) || time.test(text)) return undefined;
  const digits = text.startsWith(".") ? text : text.replaceAll("_", "");
  const found = integer.exec(digits);
  if (found !== null) {
    const [, sign, hexadecimal, binary, octal, decimal] = found;
    const size = Number(
      (hexadecimal && `0x${hexadecimal}`) ?? (binary && `0b${binary}`) ?? (octal && `0o${octal}`) ?? decimal,
    );
    return sign === "-" ? -size : size;
  }
  const value = float.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

const plain = (tag: string, admits: (value: ReturnType<typeof resolvePlain>) => boolean): ScalarTag => ({
  tag: `tag:yaml.org,2002:${tag}`,
  // The library expects a regular expression and calls only its `test` method.
  test: { test: (text: string) => admits(resolvePlain(text)) } as unknown as RegExp,
  default: true,
  resolve: (text) => resolvePlain(text),
});

/** A tag for scalars with an explicit tag whose form is that of another type. */
const explicit = (tag: string, resolve: (text: string) => unknown): ScalarTag => ({
  tag: `tag:yaml.org,2002:${tag}`,
  resolve: (text, onError) => {
    const value = resolve(text);
    if (value === undefined) onError(`The value is not of the type ${tag}`);
    return value;
  },
});

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function binary(text: string): string | undefined {
  const code = text.replace(/[\r\n]/g, "");
  return base64.test(code) ? Buffer.from(code, "base64").toString("utf8") : undefined;
}

const numberOf = (text: string) => {
  const value = resolvePlain(text);
  return typeof value === "number" ? value : undefined;
};

export const scalarTags: readonly ScalarTag[] = [
  plain("bool", (value) => typeof value === "boolean"),
  plain("int", (value) => typeof value === "number"),
  explicit("float", numberOf),
  explicit("binary", binary),
  explicit("timestamp", (text) => (time.test(text) ? text : undefined)),
];
