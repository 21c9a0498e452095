/** Every error that each of the API's invalid examples must have, by its path below hack/invalid-examples. */
export const invalidExamples: Readonly<Record<string, readonly { readonly code: string; readonly field: string }[]>> = {
  "experimental/httproute/invalid-filter-externalauth-bad-http-path.yaml": [
    { code: "GW1102", field: "spec.rules[0].filters[0].externalAuth.backendRef" },
    { code: "GW1105", field: "spec.rules[0].filters[0].externalAuth.http.path" },
  ],
  "experimental/httproute/invalid-filter-externalauth-empty.yaml": [
    { code: "GW1224", field: "spec.rules[0].filters[0].externalAuth" },
  ],
  "experimental/httproute/invalid-filter-externalauth-no-protocol.yaml": [
    { code: "GW1102", field: "spec.rules[0].filters[0].externalAuth.protocol" },
    { code: "GW1102", field: "spec.rules[0].filters[0].externalAuth.backendRef" },
  ],
  "experimental/httproute/invalid-header-value.yaml": [
    { code: "GW1105", field: "spec.rules[0].filters[0].responseHeaderModifier.add[0].value" },
  ],
  "standard/gateway/duplicate-listeners.yaml": [{ code: "GW1243", field: "spec.listeners[1].name" }],
  "standard/gateway/hostname-tcp.yaml": [{ code: "GW1242", field: "spec.listeners[0].hostname" }],
  "standard/gateway/hostname-udp.yaml": [{ code: "GW1242", field: "spec.listeners[0].hostname" }],
  "standard/gateway/invalid-addresses.yaml": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => ({
    code: "GW1244",
    field: `spec.addresses[${i}].value`,
  })),
  "standard/gateway/invalid-listener-name.yaml": [{ code: "GW1105", field: "spec.listeners[0].name" }],
  "standard/gateway/invalid-listener-port.yaml": [{ code: "GW1106", field: "spec.listeners[0].port" }],
  "standard/gateway/invalid-tls-mode.yaml": [{ code: "GW1242", field: "spec.listeners[0].tls" }],
  "standard/gateway/tlsconfig-tcp.yaml": [{ code: "GW1242", field: "spec.listeners[0].tls" }],
  "standard/gatewayclass/invalid-controller.yaml": [{ code: "GW1105", field: "spec.controllerName" }],
  "standard/httproute/duplicate-header-match.yaml": [
    { code: "GW1108", field: "spec.rules[0].matches[0].headers[1].name" },
  ],
  "standard/httproute/duplicate-query-match.yaml": [
    { code: "GW1108", field: "spec.rules[0].matches[0].queryParams[1].name" },
  ],
  "standard/httproute/httproute-portless-backend.yaml": [
    { code: "GW1210", field: "spec.rules[0].backendRefs[0].port" },
  ],
  "standard/httproute/httproute-portless-service.yaml": [
    { code: "GW1210", field: "spec.rules[0].backendRefs[0].port" },
  ],
  "standard/httproute/invalid-backend-group.yaml": [{ code: "GW1105", field: "spec.rules[0].backendRefs[0].group" }],
  "standard/httproute/invalid-backend-kind.yaml": [{ code: "GW1105", field: "spec.rules[0].backendRefs[0].kind" }],
  "standard/httproute/invalid-backend-port.yaml": [{ code: "GW1106", field: "spec.rules[0].backendRefs[0].port" }],
  "standard/httproute/invalid-filter-duplicate-header.yaml": [
    { code: "GW1108", field: "spec.rules[0].filters[0].requestHeaderModifier.remove[1]" },
  ],
  "standard/httproute/invalid-filter-duplicate.yaml": [{ code: "GW1225", field: "spec.rules[0].filters[1]" }],
  "standard/httproute/invalid-filter-empty.yaml": [
    { code: "GW1224", field: "spec.rules[0].filters[0].requestHeaderModifier" },
  ],
  "standard/httproute/invalid-filter-wrong-field.yaml": [
    { code: "GW1224", field: "spec.rules[0].filters[0].requestHeaderModifier" },
    { code: "GW1224", field: "spec.rules[0].filters[0].requestRedirect" },
  ],
  "standard/httproute/invalid-header-name.yaml": [
    { code: "GW1105", field: "spec.rules[0].matches[0].headers[0].name" },
  ],
  "standard/httproute/invalid-hostname.yaml": [
    { code: "GW1105", field: "spec.hostnames[0]" },
    { code: "GW1210", field: "spec.rules[0].backendRefs[0].port" },
  ],
  "standard/httproute/invalid-httpredirect-hostname.yaml": [
    { code: "GW1105", field: "spec.rules[0].filters[0].requestRedirect.hostname" },
    { code: "GW1227", field: "spec.rules[0].filters[0]" },
  ],
  "standard/httproute/invalid-method.yaml": [{ code: "GW1104", field: "spec.rules[0].matches[0].method" }],
  "standard/httproute/invalid-path-alphanum-specialchars-mix.yaml": [
    { code: "GW1201", field: "spec.rules[0].matches[0].path.value" },
  ],
  "standard/httproute/invalid-path-specialchars.yaml": [
    { code: "GW1201", field: "spec.rules[0].matches[0].path.value" },
  ],
  "standard/httproute/invalid-request-redirect-with-backendref.yaml": [
    { code: "GW1227", field: "spec.rules[0].filters[0]" },
  ],
  "standard/referencegrant/missing-from.yaml": [{ code: "GW1102", field: "spec.from" }],
  "standard/referencegrant/missing-ns.yaml": [{ code: "GW1102", field: "spec.from[0].namespace" }],
  "standard/referencegrant/missing-to.yaml": [{ code: "GW1102", field: "spec.to" }],
  "standard/tlsroute/invalid-hostname.yaml": [
    { code: "GW1235", field: "spec.hostnames[0]" },
    { code: "GW1210", field: "spec.rules[0].backendRefs[0].port" },
  ],
  "standard/tlsroute/no-hostname.yaml": [
    { code: "GW1102", field: "spec.hostnames" },
    { code: "GW1210", field: "spec.rules[0].backendRefs[0].port" },
  ],
};
