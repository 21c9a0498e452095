import type { BackendTLSPolicy, HTTPRoute } from "../../api/index.ts";

/** A feature that a field of a route needs. */
export interface UsedFeature {
  /** The feature's name in `status.supportedFeatures` (GEP-2162). */
  readonly feature: string;
  readonly field: string;
}

type Rule = NonNullable<HTTPRoute["spec"]["rules"]>[number];
type Filter = NonNullable<Rule["filters"]>[number];

/**
 * Lists the extended features of HTTPRoute that a route needs, each with the first field that needs it. Core features,
 * which every implementation must support, and fields without a feature name are left out.
 */
export function featuresUsed({ spec }: HTTPRoute): readonly UsedFeature[] {
  const used = [
    ...(spec.parentRefs ?? []).flatMap((ref, index) =>
      when(ref.port !== undefined, "HTTPRouteParentRefPort", `spec.parentRefs[${index}].port`),
    ),
    ...(spec.rules ?? []).flatMap((rule, index) => ofRule(rule, `spec.rules[${index}]`)),
  ];
  const first = new Map<string, UsedFeature>();
  for (const one of used) if (!first.has(one.feature)) first.set(one.feature, one);
  return [...first.values()];
}

/** Lists the features that a BackendTLSPolicy needs from each Gateway with a route to one of its Services. */
export function featuresOfPolicy({ spec }: BackendTLSPolicy): readonly UsedFeature[] {
  const { subjectAltNames = [] } = spec.validation;
  return [
    { feature: "BackendTLSPolicy", field: "spec" },
    ...when(subjectAltNames.length > 0, "BackendTLSPolicySANValidation", "spec.validation.subjectAltNames"),
  ];
}

function ofRule(rule: Rule, field: string): UsedFeature[] {
  const { name, matches = [], filters = [], backendRefs = [], timeouts, retry } = rule;
  return [
    ...when(name !== undefined, "HTTPRouteNamedRouteRule", `${field}.name`),
    ...matches.flatMap(({ method, queryParams = [] }, index) => [
      ...when(method !== undefined, "HTTPRouteMethodMatching", `${field}.matches[${index}].method`),
      ...when(queryParams.length > 0, "HTTPRouteQueryParamMatching", `${field}.matches[${index}].queryParams`),
    ]),
    ...when(timeouts?.request !== undefined, "HTTPRouteRequestTimeout", `${field}.timeouts.request`),
    ...when(timeouts?.backendRequest !== undefined, "HTTPRouteBackendTimeout", `${field}.timeouts.backendRequest`),
    ...when((retry?.codes ?? []).length > 0, "HTTPRouteRetryCodes", `${field}.retry.codes`),
    ...ofFilters(filters, `${field}.filters`),
    ...backendRefs.flatMap(({ filters: own = [] }, index) => ofBackend(own, `${field}.backendRefs[${index}].filters`)),
  ];
}

function ofFilters(filters: readonly Filter[], field: string): UsedFeature[] {
  const mirrors = filters.filter(({ type }) => type === "RequestMirror");
  return [
    ...filters.flatMap((filter, index) => ofFilter(filter, `${field}[${index}]`)),
    ...when(mirrors.length > 1, "HTTPRouteRequestMultipleMirrors", field),
  ];
}

function ofFilter(filter: Filter, field: string): UsedFeature[] {
  const { type, requestRedirect, urlRewrite, requestMirror } = filter;
  const statusCode = requestRedirect?.statusCode ?? 302;
  return [
    ...when(type === "ResponseHeaderModifier", "HTTPRouteResponseHeaderModification", field),
    ...when(type === "CORS", "HTTPRouteCORS", field),
    ...when(type === "RequestMirror", "HTTPRouteRequestMirror", field),
    ...when(
      requestMirror?.percent !== undefined || requestMirror?.fraction !== undefined,
      "HTTPRouteRequestPercentageMirror",
      `${field}.requestMirror`,
    ),
    ...when(requestRedirect?.scheme !== undefined, "HTTPRouteSchemeRedirect", `${field}.requestRedirect.scheme`),
    ...when(requestRedirect?.port !== undefined, "HTTPRoutePortRedirect", `${field}.requestRedirect.port`),
    ...when(requestRedirect?.path !== undefined, "HTTPRoutePathRedirect", `${field}.requestRedirect.path`),
    ...when(
      [303, 307, 308].includes(statusCode),
      `HTTPRoute${statusCode}RedirectStatusCode`,
      `${field}.requestRedirect.statusCode`,
    ),
    ...when(urlRewrite?.hostname !== undefined, "HTTPRouteHostRewrite", `${field}.urlRewrite.hostname`),
    ...when(urlRewrite?.path !== undefined, "HTTPRoutePathRewrite", `${field}.urlRewrite.path`),
  ];
}

/** Some filters of a backend have feature names of their own. The others need the feature of the filter in a rule. */
function ofBackend(filters: readonly Filter[], field: string): UsedFeature[] {
  return filters.flatMap((filter, index) => {
    const at = `${field}[${index}]`;
    if (filter.type === "RequestHeaderModifier") return when(true, "HTTPRouteBackendRequestHeaderModification", at);
    if (filter.type === "URLRewrite") return when(true, "HTTPRouteBackendURLRewrite", at);
    return ofFilter(filter, at);
  });
}

function when(uses: boolean, feature: string, field: string): UsedFeature[] {
  return uses ? [{ feature, field }] : [];
}
