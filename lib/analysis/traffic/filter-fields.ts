import { isCredential, shownText, shownValue } from "../../api/kinds/credentials.ts";
import { extensionKey } from "../../api/load/extension.ts";
import type { FilterIR, HeaderModifierIR, PathModifierIR, TargetIR } from "../../routing/ir.ts";
import { reachedBy } from "../../routing/opaque-values.ts";

/** A field of a filter, for `explain`, `plan` and the admin page. */
export interface FilterField {
  /** The field's path below the filter in the API, such as `allowCredentials` or `set.x-env`. */
  readonly name: string;
  /** The configured value, for comparisons only. It may be a credential. */
  readonly value: string;
  /** The text that may be printed for the value. */
  readonly shown: string;
  /** A phrase that describes the field's effect, such as `set x-env: blue`. */
  readonly words: string;
}

type FilterOf<T extends FilterIR["type"]> = FilterIR & { readonly type: T };

/** Describes every field of every filter type. A type or field of the IR without an entry does not compile. */
const describers: { readonly [T in FilterIR["type"]]: (filter: FilterOf<T>) => readonly FilterField[] } = {
  RequestHeaderModifier: ({ type: _, ...modifier }) => headerFields(modifier),
  ResponseHeaderModifier: ({ type: _, ...modifier }) => headerFields(modifier),
  RequestRedirect: ({ type: _, statusCode, scheme, hostname, port, path, ...rest }) => [
    field("statusCode", String(statusCode), `answer ${statusCode}`),
    ...(scheme === undefined ? [] : [field("scheme", scheme, `scheme ${scheme}`)]),
    ...(hostname === undefined ? [] : [field("hostname", hostname, `host ${hostname}`)]),
    ...(port === undefined ? [] : [field("port", String(port), `port ${port}`)]),
    ...pathFields(path),
    ...complete(rest),
  ],
  URLRewrite: ({ type: _, hostname, path, ...rest }) => [
    ...(hostname === undefined ? [] : [field("hostname", hostname, `host ${hostname}`)]),
    ...pathFields(path),
    ...complete(rest),
  ],
  RequestMirror: ({ type: _, target, numerator, denominator, ...rest }) => {
    const share = mirrorWords(numerator, denominator);
    return [
      field("share", share, `${share} of the requests to ${targetWords(target)}`),
      { name: "backendRef", value: targetWords(target), shown: targetWords(target), words: "" },
      ...complete(rest),
    ];
  },
  CORS: ({ type: _, allowOrigins, allowCredentials, allowMethods, allowHeaders, exposeHeaders, maxAge, ...rest }) => [
    listField("allowOrigins", allowOrigins, "origins"),
    field("allowCredentials", String(allowCredentials), `credentials ${allowCredentials ? "allowed" : "not allowed"}`),
    listField("allowMethods", allowMethods, "methods"),
    listField("allowHeaders", allowHeaders, "headers"),
    listField("exposeHeaders", exposeHeaders, "exposed headers"),
    field("maxAge", `${maxAge} s`, `max age ${maxAge} s`),
    ...complete(rest),
  ],
  ExtensionRef: ({ type: _, group, kind, namespace, name, object, ...rest }) => [
    field("extensionRef", extensionName({ group, kind, namespace, name })),
    ...("invalid" in object
      ? [field("object", `(${object.invalid}: ${object.message})`)]
      : "opaque" in object
        ? contentFields(object.opaque)
        : opaqueFields("spec", object.spec)),
    ...complete(rest),
  ],
  Opaque: ({ type: _, filterType: __, opaque, ...rest }) => [...contentFields(opaque), ...complete(rest)],
};

/** Lists the fields of a filter that are set, in the order of its description. */
export function filterFields(filter: FilterIR): readonly FilterField[] {
  const describe = describers[filter.type] as (filter: FilterIR) => readonly FilterField[];
  return describe(filter);
}

/** A filter as a phrase that starts with its type, such as `URLRewrite: host b.io, path /x`. */
export function filterWords(filter: FilterIR): string {
  const words = fieldWords(filter);
  if (filter.type === "Opaque") return `${filter.filterType} ${words}`;
  return words === "" ? filter.type : `${filter.type}: ${words}`;
}

/** A filter as a phrase without its type. */
export function fieldWords(filter: FilterIR): string {
  const separator = filter.type === "ExtensionRef" ? " " : ", ";
  return filterFields(filter)
    .map(({ words }) => words)
    .filter((words) => words !== "")
    .join(separator);
}

/** The extension object's kind and name, such as `acme.io/RequireApiKey store/partners`. */
export function extensionName(filter: Pick<FilterOf<"ExtensionRef">, "group" | "kind" | "namespace" | "name">): string {
  return `${extensionKey(filter)} ${filter.namespace}/${filter.name}`;
}

/** The name of a filter that only the class's controller knows: its extension object, or its type. */
export function opaqueName(filter: FilterOf<"ExtensionRef"> | FilterOf<"Opaque">): string {
  return filter.type === "Opaque" ? filter.filterType : extensionName(filter);
}

/** The name of a target's backend, or the reason why requests for it get 500. */
export function targetWords(target: TargetIR): string {
  return "invalid" in target ? `no backend (${target.invalid}: ${target.message})` : (reachedBy(target) ?? "");
}

/** The content of an opaque filter, as a hash. It lets a plan report that the content changes. */
function contentFields(hash: string): readonly FilterField[] {
  const content = { name: "content", value: hash, shown: hash === "" ? "not declared" : hash, words: "" };
  return [field("known", "", "(opaque)"), content];
}

/**
 * Lists the scalars of a value of unknown structure, each with its path. The purpose of a member is unknown, so text
 * under a name that suggests a credential is not shown.
 */
export function opaqueFields(path: string, value: unknown): readonly FilterField[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item, index) => opaqueFields(`${path}[${index}]`, item));
  }
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([name, member]) => opaqueFields(`${path}.${name}`, member));
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const secret = typeof value === "string" && path.split(/[.[\]]+/).some(isCredential);
  const shown = secret ? shownValue("secret", text) : shownText(text);
  return [{ name: path, value: text, shown, words: `${path}: ${shown}` }];
}

function headerFields({ set, add, remove, ...rest }: HeaderModifierIR): readonly FilterField[] {
  return [
    ...set.map(({ name, value }) => headerField("set", name, value)),
    ...add.map(({ name, value }) => headerField("add", name, value)),
    ...(remove.length === 0
      ? []
      : [field("remove", remove.join(", "), remove.map((name) => `remove ${name}`).join(", "))]),
    ...complete(rest),
  ];
}

/** A field for one header. The header's name shows whether its value is a credential. */
function headerField(action: "set" | "add", name: string, value: string): FilterField {
  const shown = shownValue(name, value);
  return { name: `${action}.${name}`, value, shown, words: `${action} ${name}: ${shown}` };
}

function pathFields(path: PathModifierIR | undefined): readonly FilterField[] {
  if (path === undefined) return [];
  return path.type === "ReplaceFullPath"
    ? [field("path.replaceFullPath", path.value, `path ${path.value}`)]
    : [field("path.replacePrefixMatch", path.value, `matched prefix becomes ${path.value}`)];
}

/** The mirrored share: `10 %`, or `0.1 % (1 of 1000)` if it is not configured as a percentage. */
function mirrorWords(numerator: number, denominator: number): string {
  const share = shareWords(numerator / denominator);
  return denominator === 1 || denominator === 100 ? share : `${share} (${numerator} of ${denominator})`;
}

function listField(name: string, values: readonly string[], noun: string): FilterField {
  const text = values.length === 0 ? "none" : values.join(", ");
  return field(name, text, `${noun} ${text}`);
}

function field(name: string, value: string, words = value): FilterField {
  return { name, value, shown: shownText(value), words: shownText(words) };
}

/** Accepts an empty object only, so a field that is added to the IR does not compile until it is described. */
function complete(_: Readonly<Record<string, never>>): readonly never[] {
  return [];
}

/** The text that stands for a value that depends on a late value. */
export const lateWords = "known only at deployment";

/**
 * Formats a share, from 0 to 1, as a percentage with two decimals, such as `90 %` or `33.33 %`. Within 0.01 % of 0 or
 * 100 it keeps two significant digits of the difference, such as `0.0001 %` and `99.9999 %`: weights go up to a
 * million, and `0 %` means none.
 */
export function shareWords(share: number): string {
  const percent = share * 100;
  const between = Math.min(share, 1 - share) * 100;
  if (between <= 0 || between >= 0.01) return `${Number(percent.toFixed(2))} %`;
  const decimals = Math.min(Math.ceil(-Math.log10(between)) + 1, 100);
  // The text is not converted to a number, whose text could have an exponent.
  return `${percent.toFixed(decimals).replace(/\.?0+$/, "")} %`;
}
