import fc from "fast-check";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";

/** Generates well-formed documents of v1alpha1 with any of its fields. Every value is unique: its loss shows. */
const unique = (prefix: string) => fc.nat().map((number) => `${prefix}-${number}`);
const port = fc.integer({ min: 1, max: 65535 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

function fields(model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .record(model)
    .map((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)));
}

const labels = fc.dictionary(fc.constantFrom("app", "gateway", "acme.io/team"), fc.constantFrom("one", "two"), {
  maxKeys: 2,
});
const metadata = fields({
  name: unique("name"),
  namespace: optional(fc.constantFrom("edge", "store")),
  labels: optional(labels),
  annotations: optional(
    fc.dictionary(fc.constantFrom("acme.io/note", "networking.x-k8s.io/app-protocol"), unique("note"), { maxKeys: 2 }),
  ),
});
const localRef = fields({
  group: fc.constantFrom("core", "acme.io", "networking.acme.io"),
  kind: fc.constantFrom("Secret", "Service", "Bucket", "ServiceImport"),
  name: unique("ref"),
});
const selector = fields({
  matchLabels: optional(labels),
  matchExpressions: optional(
    fc.array(
      fields({
        key: fc.constantFrom("app", "gateway"),
        operator: fc.constantFrom("In", "NotIn"),
        values: fc.array(unique("value"), { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
  ),
});
const namespaces = fields({ from: optional(fc.constantFrom("All", "Same", "Selector")), selector: optional(selector) });
const hostname = fc.oneof(
  unique("host").map((name) => `${name}.example.com`),
  unique("wild").map((name) => `*.${name}.example.com`),
);

const listener = fields({
  hostname: optional(fc.oneof(hostname, fc.constantFrom("", "*"))),
  port,
  protocol: fc.constantFrom("HTTP", "HTTPS", "TLS", "TCP", "UDP", "acme.io/custom"),
  tls: optional(
    fields({
      mode: optional(fc.constantFrom("Terminate", "Passthrough")),
      certificateRef: optional(localRef),
      routeOverride: optional(fields({ certificate: fc.constantFrom("Allow", "Deny") })),
      options: optional(fc.dictionary(unique("option"), unique("setting"), { maxKeys: 2 })),
    }),
  ),
  routes: fields({
    group: optional(fc.constantFrom("networking.x-k8s.io", "acme.io")),
    kind: fc.constantFrom("HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute"),
    namespaces: optional(namespaces),
    selector: optional(selector),
  }),
});

const values = fc.dictionary(fc.constantFrom("x-one", "x-two"), unique("value"), { minKeys: 1, maxKeys: 2 });
const matchType = optional(fc.constantFrom("Exact", "RegularExpression", "ImplementationSpecific"));
const target = { serviceName: optional(unique("service")), backendRef: optional(localRef), port: optional(port) };
const filter = fields({
  type: fc.constantFrom("RequestHeaderModifier", "RequestMirror", "ExtensionRef"),
  requestHeaderModifier: optional(
    fields({
      set: optional(values),
      add: optional(values),
      remove: optional(fc.array(unique("header"), { maxLength: 2 })),
    }),
  ),
  requestMirror: optional(fields(target)),
  extensionRef: optional(localRef),
});
const filters = optional(fc.array(filter, { maxLength: 2 }));
const weight = optional(fc.integer({ min: 0, max: 1_000_000 }));
const forwardTo = fc.array(fields({ ...target, weight }), { maxLength: 2 });
const gateways = optional(
  fields({
    allow: optional(fc.constantFrom("All", "FromList", "SameNamespace")),
    gatewayRefs: optional(
      fc.array(fields({ name: unique("gateway"), namespace: fc.constantFrom("edge", "store") }), { maxLength: 2 }),
    ),
  }),
);
const httpMatch = fields({
  path: optional(
    fields({
      type: optional(fc.constantFrom("Exact", "Prefix", "RegularExpression", "ImplementationSpecific")),
      value: optional(unique("/path")),
    }),
  ),
  headers: optional(fields({ type: matchType, values })),
  queryParams: optional(fields({ type: matchType, values })),
  extensionRef: optional(localRef),
});
const httpRule = fields({
  matches: optional(fc.array(httpMatch, { maxLength: 2 })),
  filters,
  forwardTo: optional(fc.array(fields({ ...target, weight, filters }), { maxLength: 2 })),
});
const streamMatches = optional(fc.array(fields({ extensionRef: optional(localRef) }), { maxLength: 2 }));

const specs: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  GatewayClass: fields({
    controller: unique("acme.io/controller"),
    parametersRef: optional(
      fields({
        group: fc.constantFrom("core", "acme.io"),
        kind: unique("Kind"),
        name: unique("parameters"),
        scope: optional(fc.constantFrom("Cluster", "Namespace")),
        namespace: optional(unique("namespace")),
      }),
    ),
  }),
  Gateway: fields({
    gatewayClassName: unique("class"),
    listeners: fc.array(listener, { minLength: 1, maxLength: 3 }),
    addresses: optional(
      fc.array(fields({ type: optional(fc.constantFrom("IPAddress", "NamedAddress")), value: unique("address") }), {
        maxLength: 2,
      }),
    ),
  }),
  HTTPRoute: fields({
    gateways,
    hostnames: optional(fc.array(hostname, { maxLength: 2 })),
    tls: optional(fields({ certificateRef: localRef })),
    rules: optional(fc.array(httpRule, { maxLength: 2 })),
  }),
  TCPRoute: fields({ gateways, rules: fc.array(fields({ matches: streamMatches, forwardTo }), { maxLength: 2 }) }),
  UDPRoute: fields({ gateways, rules: fc.array(fields({ matches: streamMatches, forwardTo }), { maxLength: 2 }) }),
  TLSRoute: fields({
    gateways,
    rules: fc.array(
      fields({
        matches: optional(
          fc.array(fields({ snis: optional(fc.array(hostname, { maxLength: 2 })), extensionRef: optional(localRef) }), {
            maxLength: 2,
          }),
        ),
        forwardTo,
      }),
      { maxLength: 3 },
    ),
  }),
  BackendPolicy: fields({
    backendRefs: fc.array(
      fields({
        group: fc.constantFrom("core", "acme.io"),
        kind: fc.constantFrom("Service", "Bucket"),
        name: unique("backend"),
        port: optional(port),
      }),
      { maxLength: 2 },
    ),
    tls: optional(
      fields({
        certificateAuthorityRef: optional(localRef),
        options: optional(fc.dictionary(unique("option"), unique("setting"), { maxKeys: 2 })),
      }),
    ),
  }),
};

const status = optional(fields({ conditions: fc.array(fields({ type: unique("Condition") }), { maxLength: 1 }) }));

export const anyOldObject: fc.Arbitrary<AnyObject> = fc.constantFrom(...Object.keys(specs)).chain((kind) =>
  fields({
    apiVersion: fc.constant("networking.x-k8s.io/v1alpha1"),
    kind: fc.constant(kind),
    metadata,
    spec: specs[kind] ?? fc.constant({}),
    status,
  }).map((object) => object as unknown as AnyObject),
);
