import { z } from "zod";
import { type Channel, experimental, list, type Rule, withRules } from "../schema/schema.ts";
import { corsFilter, type HTTPCORSFilter } from "./cors.ts";
import { externalAuthFilter, type HTTPExternalAuthFilter } from "./external-auth.ts";
import {
  type HTTPHeaderFilter,
  type HTTPRequestMirrorFilter,
  type HTTPRequestRedirectFilter,
  type HTTPURLRewriteFilter,
  httpHeaderFilter,
  requestMirror,
  requestRedirect,
  urlRewrite,
} from "./http-filters.ts";
import { type LocalObjectReference, localObjectReference } from "./references.ts";

/** A filter for requests or responses. `type` names the field that must be set; the others must not. */
export interface HTTPRouteFilter {
  /** The filter's type. `ExternalAuth` is in the experimental channel only. */
  readonly type:
    | "RequestHeaderModifier"
    | "ResponseHeaderModifier"
    | "RequestMirror"
    | "RequestRedirect"
    | "URLRewrite"
    | "ExtensionRef"
    | "CORS"
    | "ExternalAuth";
  /** Settings for type `RequestHeaderModifier`. */
  readonly requestHeaderModifier?: HTTPHeaderFilter;
  /** Settings for type `ResponseHeaderModifier`. */
  readonly responseHeaderModifier?: HTTPHeaderFilter;
  /** Settings for type `RequestMirror`. */
  readonly requestMirror?: HTTPRequestMirrorFilter;
  /** Settings for type `RequestRedirect`. Excludes backendRefs. */
  readonly requestRedirect?: HTTPRequestRedirectFilter;
  /** Settings for type `URLRewrite`. Excludes a redirect. */
  readonly urlRewrite?: HTTPURLRewriteFilter;
  /** Settings for type `CORS`. */
  readonly cors?: HTTPCORSFilter;
  /** @experimental */
  readonly externalAuth?: HTTPExternalAuthFilter;
  /** The implementation's filter object for type `ExtensionRef`, in the route's namespace. */
  readonly extensionRef?: LocalObjectReference;
}

/** A filter for gRPC requests or responses. */
export interface GRPCRouteFilter {
  /** The filter's type. The field of that type must be set, and the others must not. */
  readonly type: "RequestHeaderModifier" | "ResponseHeaderModifier" | "RequestMirror" | "ExtensionRef";
  /** Settings for type `RequestHeaderModifier`. */
  readonly requestHeaderModifier?: HTTPHeaderFilter;
  /** Settings for type `ResponseHeaderModifier`. */
  readonly responseHeaderModifier?: HTTPHeaderFilter;
  /** Settings for type `RequestMirror`. */
  readonly requestMirror?: HTTPRequestMirrorFilter;
  /** The implementation's filter object for type `ExtensionRef`, in the route's namespace. */
  readonly extensionRef?: LocalObjectReference;
}

type Filter = { readonly type: string };

/** The field that holds the settings of each filter type. */
const fieldOfType = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
  RequestMirror: "requestMirror",
  RequestRedirect: "requestRedirect",
  URLRewrite: "urlRewrite",
  CORS: "cors",
  ExternalAuth: "externalAuth",
  ExtensionRef: "extensionRef",
} as const;

type FilterType = keyof typeof fieldOfType;

/** The rules that a type's field is set if and only if the filter has that type. */
export function filterUnionRules(types: readonly FilterType[]): Rule<Filter>[] {
  return types.flatMap((type) => {
    const field = fieldOfType[type];
    const channel = type === "ExternalAuth" ? ({ channel: "experimental" } as const) : {};
    return [
      {
        ...channel,
        code: "GW1224",
        cel: `!(has(self.${field}) && self.type != '${type}')`,
        violations: (self) =>
          field in self && self[field as never] !== undefined && self.type !== type
            ? [
                {
                  path: [field],
                  message: `${field} goes with filters of type ${type} only, and this one is of type ${self.type}.`,
                  given: self.type,
                  allowed: type,
                  fix: `Set type to ${type}, or move ${field} into a filter of its own.`,
                },
              ]
            : [],
      },
      {
        ...channel,
        code: "GW1224",
        cel: `!(!has(self.${field}) && self.type == '${type}')`,
        violations: (self) =>
          self.type === type && self[field as never] === undefined
            ? [{ path: [field], message: `A filter of type ${type} needs ${field}.`, fix: `Add ${field}.` }]
            : [],
      },
    ] satisfies Rule<Filter>[];
  });
}

function onlyOnce(type: FilterType): Rule<readonly Filter[]> {
  return {
    code: "GW1225",
    cel: `self.filter(f, f.type == '${type}').size() <= 1`,
    violations: (self) =>
      self.flatMap((filter, i) =>
        filter.type === type && self.findIndex((other) => other.type === type) < i
          ? [
              {
                path: [i],
                message: `A list of filters has at most one of type ${type}.`,
                fix: "Merge the two filters into one.",
              },
            ]
          : [],
      ),
  };
}

const redirectOrRewrite: Rule<readonly Filter[]> = {
  code: "GW1226",
  cel: "!(self.exists(f, f.type == 'RequestRedirect') && self.exists(f, f.type == 'URLRewrite'))",
  violations: (self) => {
    const rewrite = self.findIndex(({ type }) => type === "URLRewrite");
    return rewrite >= 0 && self.some(({ type }) => type === "RequestRedirect")
      ? [
          {
            path: [rewrite],
            message: "A request that is redirected cannot be rewritten too.",
            fix: "Keep RequestRedirect or URLRewrite, not both.",
          },
        ]
      : [];
  },
};

const extension = (channel: Channel) => ({
  requestHeaderModifier: httpHeaderFilter(channel).optional(),
  responseHeaderModifier: httpHeaderFilter(channel).optional(),
  requestMirror: requestMirror(channel).optional(),
  extensionRef: localObjectReference().optional(),
});

const standardTypes = [
  "RequestHeaderModifier",
  "ResponseHeaderModifier",
  "RequestMirror",
  "RequestRedirect",
  "URLRewrite",
  "ExtensionRef",
  "CORS",
] as const;
type HTTPFilterType = (typeof standardTypes)[number] | "ExternalAuth";

const httpRouteFilter = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({
      type: (channel === "experimental"
        ? z.enum([...standardTypes, "ExternalAuth"])
        : z.enum(standardTypes)) as z.ZodType<HTTPFilterType, HTTPFilterType>,
      ...extension(channel),
      requestRedirect: requestRedirect(channel).optional(),
      urlRewrite: urlRewrite(channel).optional(),
      cors: corsFilter(channel).optional(),
      externalAuth: experimental(channel, externalAuthFilter(channel)),
    }),
    filterUnionRules([...standardTypes, "ExternalAuth"]),
  );

export const httpRouteFilters = (channel: Channel) =>
  withRules(channel, list(httpRouteFilter(channel), { max: 16 }), [
    redirectOrRewrite,
    ...(["CORS", "RequestHeaderModifier", "ResponseHeaderModifier", "RequestRedirect", "URLRewrite"] as const).map(
      onlyOnce,
    ),
  ]);

const grpcTypes = ["ResponseHeaderModifier", "RequestHeaderModifier", "RequestMirror", "ExtensionRef"] as const;

export const grpcRouteFilters = (channel: Channel) =>
  withRules(
    channel,
    list(
      withRules(
        channel,
        z.strictObject({ type: z.enum(grpcTypes), ...extension(channel) }),
        filterUnionRules(grpcTypes),
      ),
      { max: 16 },
    ),
    (["RequestHeaderModifier", "ResponseHeaderModifier"] as const).map(onlyOnce),
  );
