import { isCredential, shownText, shownValue } from "../../api/kinds/credentials.ts";
import { extensionKey } from "../../api/load/extension.ts";
import type { FilterIR, HeaderModifierIR, PathModifierIR, TargetIR } from "../../routing/ir.ts";
import { reachedBy } from "../../routing/opaque-values.ts";

/** One field of a filter, as explain, plan and the admin page show it. */
export interface FilterField {
  /** The API's name below the filter: `allowCredentials`, `set.x-env`. */
  readonly name: string;
  /** The value as it is configured. For comparison only: it may be a credential. */
  readonly value: string;
  /** The value as it may be printed. */
  readonly shown: string;
  /** The field in a phrase that says what it does: `set x-env: blue`. */
  readonly words: string;
}

type FilterOf<T extends FilterIR["type"]> = FilterIR & { readonly type: T };

/** Every field of every type of filter. A type or a field of the IR without an entry does not compile. */
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

/** Every field of a filter in the order of its description. Absent fields are left out. */
export function filterFields(filter: FilterIR): readonly FilterField[] {
  const describe = describers[filter.type] as (filter: FilterIR) => readonly FilterField[];
  return describe(filter);
}

/** A whole filter in a phrase that starts with its type: `URLRewrite: host b.io, path /x`. */
export function filterWords(filter: FilterIR): string {
  const words = fieldWords(filter);
  if (filter.type === "Opaque") return `${filter.filterType} ${words}`;
  return words === "" ? filter.type : `${filter.type}: ${words}`;
}

/** A whole filter in a phrase without its type. */
export function fieldWords(filter: FilterIR): string {
  const separator = filter.type === "ExtensionRef" ? " " : ", ";
  return filterFields(filter)
    .map(({ words }) => words)
    .filter((words) => words !== "")
    .join(separator);
}

/** `acme.io/RequireApiKey store/partners`. */
export function extensionName(filter: Pick<FilterOf<"ExtensionRef">, "group" | "kind" | "namespace" | "name">): string {
  return `${extensionKey(filter)} ${filter.namespace}/${filter.name}`;
}

/** A filter of which only the controller of the class knows what it does, by its object or by its type. */
export function opaqueName(filter: FilterOf<"ExtensionRef"> | FilterOf<"Opaque">): string {
  return filter.type === "Opaque" ? filter.filterType : extensionName(filter);
}

/** The backend of a target, or why requests for it are answered 500. */
export function targetWords(target: TargetIR): string {
  return "invalid" in target ? `no backend (${target.invalid}: ${target.message})` : (reachedBy(target) ?? "");
}

/** The content of a filter that only the controller of the class knows, by its hash: a plan tells that it changes. */
function contentFields(hash: string): readonly FilterField[] {
  const content = { name: "content", value: hash, shown: hash === "" ? "not declared" : hash, words: "" };
  return [field("known", "", "(opaque)"), content];
}

/**
 * The scalars of a value whose shape is somebody else's, each with its path. What a member is for is not known, so a text
 * under a name of a credential is not shown.
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

/** The name of a header says whether its value is a credential. */
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

/** `10 %`, or `0.1 % (1 of 1000)` where the share is not given in percent. */
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

/** Holds only what no entry names: a field that is added to the IR does not compile until it is described. */
function complete(_: Readonly<Record<string, never>>): readonly never[] {
  return [];
}

/** What depends on a late value, in words. */
export const lateWords = "known only at deployment";

/**
 * A share of 1 as a percentage with two decimals: `90 %`, `33.33 %`. Within 0.01 of nothing and of all it has two
 * significant digits of what is between, `0.0001 %` and `99.9999 %`: weights go to a million, and `0 %` is for none.
 */
export function shareWords(share: number): string {
  const percent = share * 100;
  const between = Math.min(share, 1 - share) * 100;
  if (between <= 0 || between >= 0.01) return `${Number(percent.toFixed(2))} %`;
  const decimals = Math.min(Math.ceil(-Math.log10(between)) + 1, 100);
  // Not by way of a number, which would be written with an exponent.
  return `${percent.toFixed(decimals).replace(/\.?0+$/, "")} %`;
}
