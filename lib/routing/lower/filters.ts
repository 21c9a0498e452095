import type { ResolvedTarget } from "../attach/attachment.ts";
import type { ExtensionObjectIR, FilterIR, HeaderIR, HeaderModifierIR, PathModifierIR, TargetIR } from "../ir.ts";
import { contentHash } from "./canonical-json.ts";

/**
 * A filter of an HTTPRoute or GRPCRoute after the API's defaults are filled in. Attaching has already dropped rules
 * with unknown filter types, unless the profile is open.
 */
export interface FilterSpec {
  readonly type: string;
  readonly requestHeaderModifier?: HeaderFilterSpec;
  readonly responseHeaderModifier?: HeaderFilterSpec;
  readonly requestRedirect?: {
    readonly scheme?: string;
    readonly hostname?: string;
    readonly port?: number;
    readonly path?: PathModifierSpec;
    readonly statusCode?: number;
  };
  readonly urlRewrite?: { readonly hostname?: string; readonly path?: PathModifierSpec };
  readonly requestMirror?: MirrorShareSpec;
  readonly cors?: {
    readonly allowOrigins?: readonly string[];
    readonly allowMethods?: readonly string[];
    readonly allowHeaders?: readonly string[];
    readonly exposeHeaders?: readonly string[];
    readonly allowCredentials?: boolean;
    readonly maxAge?: number;
  };
  readonly extensionRef?: { readonly group: string; readonly kind: string; readonly name: string };
}

/** The share of requests that a RequestMirror filter mirrors. */
export interface MirrorShareSpec {
  readonly percent?: number;
  readonly fraction?: { readonly numerator: number; readonly denominator?: number };
}

interface HeaderFilterSpec {
  readonly set?: readonly HeaderIR[];
  readonly add?: readonly HeaderIR[];
  readonly remove?: readonly string[];
}

interface PathModifierSpec {
  readonly type: string;
  readonly replaceFullPath?: string;
  readonly replacePrefixMatch?: string;
}

/** The resolved references of filters, keyed by field, and the namespace of the route. */
export interface FilterPlace {
  readonly targets: ReadonlyMap<string, ResolvedTarget>;
  readonly extensions: ReadonlyMap<string, ExtensionObjectIR>;
  readonly namespace: string;
}

/** Lowers a list of filters in order, with the API's defaults written out. `field` is the path of the list's owner. */
export function lowerFilters(
  filters: readonly FilterSpec[] | undefined,
  field: string,
  place: FilterPlace,
): readonly FilterIR[] {
  return (filters ?? []).flatMap((filter, index) => lowerFilter(filter, `${field}.filters[${index}]`, place));
}

function lowerFilter(
  filter: FilterSpec,
  field: string,
  { targets, extensions, namespace }: FilterPlace,
): readonly FilterIR[] {
  const { requestHeaderModifier, responseHeaderModifier, requestRedirect, urlRewrite, requestMirror, cors } = filter;
  if (requestHeaderModifier !== undefined) {
    return [{ type: "RequestHeaderModifier", ...lowerHeaders(requestHeaderModifier) }];
  }
  if (responseHeaderModifier !== undefined) {
    return [{ type: "ResponseHeaderModifier", ...lowerHeaders(responseHeaderModifier) }];
  }
  if (requestRedirect !== undefined) return [lowerRedirect(requestRedirect)];
  if (urlRewrite !== undefined) {
    const { hostname, path } = urlRewrite;
    return [{ type: "URLRewrite", ...(hostname === undefined ? {} : { hostname }), ...lowerPath(path) }];
  }
  if (requestMirror !== undefined) {
    const target = targetAt(targets, `${field}.requestMirror.backendRef`);
    return [{ type: "RequestMirror", target, ...mirrorShare(requestMirror) }];
  }
  if (cors !== undefined) return [lowerCors(cors)];
  if (filter.extensionRef === undefined) return [opaqueType(filter)];
  const { group, kind, name } = filter.extensionRef;
  const at = `${field}.extensionRef`;
  const object = extensions.get(at) ?? { invalid: "BackendNotFound", message: `${at} was not resolved.` };
  return [{ type: "ExtensionRef", group, kind, namespace, name, object }];
}

/** Lowers a filter of an unknown type to its content hash, so that a change of the filter is detected. */
function opaqueType(filter: FilterSpec): FilterIR {
  return { type: "Opaque", filterType: filter.type, opaque: contentHash(filter) };
}

/** Returns the target that attaching resolved for the reference at `field`. */
export function targetAt(targets: ReadonlyMap<string, ResolvedTarget>, field: string): TargetIR {
  return targets.get(field)?.target ?? { invalid: "BackendNotFound", message: `${field} was not resolved.` };
}

/** Lowers header names to lower case. For names that differ only in case the first entry counts (HTTPHeader.name). */
function lowerHeaders({ set = [], add = [], remove = [] }: HeaderFilterSpec): HeaderModifierIR {
  return {
    set: firstOfEach(set),
    add: firstOfEach(add),
    remove: [...new Set(remove.map((name) => name.toLowerCase()))],
  };
}

function firstOfEach(headers: readonly HeaderIR[]): readonly HeaderIR[] {
  const found = new Map<string, HeaderIR>();
  for (const { name, value } of headers) {
    const lower = name.toLowerCase();
    if (!found.has(lower)) found.set(lower, { name: lower, value });
  }
  return [...found.values()];
}

type RedirectSpec = NonNullable<FilterSpec["requestRedirect"]>;

function lowerRedirect({ scheme, hostname, port, path, statusCode }: RedirectSpec): FilterIR {
  return {
    type: "RequestRedirect",
    ...(scheme === "http" || scheme === "https" ? { scheme } : {}),
    ...(hostname === undefined ? {} : { hostname }),
    ...(port === undefined ? {} : { port }),
    ...lowerPath(path),
    statusCode: redirectStatus(statusCode),
  };
}

/** Narrows a status code. 302 is the API's default. */
function redirectStatus(code: number | undefined): 301 | 302 | 303 | 307 | 308 {
  return code === 301 || code === 303 || code === 307 || code === 308 ? code : 302;
}

function lowerPath(path: PathModifierSpec | undefined): { readonly path?: PathModifierIR } {
  if (path === undefined) return {};
  if (path.type === "ReplaceFullPath") return { path: { type: path.type, value: path.replaceFullPath ?? "" } };
  return { path: { type: "ReplacePrefixMatch", value: path.replacePrefixMatch ?? "" } };
}

/** Returns the fraction to mirror: all requests by default. The default denominator of a fraction is 100. */
export function mirrorShare({ percent, fraction }: MirrorShareSpec): {
  readonly numerator: number;
  readonly denominator: number;
} {
  if (fraction !== undefined) return { numerator: fraction.numerator, denominator: fraction.denominator ?? 100 };
  return percent === undefined ? { numerator: 1, denominator: 1 } : { numerator: percent, denominator: 100 };
}

/** The API's default for maxAge is 5 seconds. */
function lowerCors(cors: NonNullable<FilterSpec["cors"]>): FilterIR {
  return {
    type: "CORS",
    allowOrigins: cors.allowOrigins ?? [],
    allowMethods: cors.allowMethods ?? [],
    allowHeaders: cors.allowHeaders ?? [],
    exposeHeaders: cors.exposeHeaders ?? [],
    allowCredentials: cors.allowCredentials ?? false,
    maxAge: cors.maxAge ?? 5,
  };
}
