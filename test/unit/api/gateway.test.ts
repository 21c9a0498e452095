import assert from "node:assert/strict";
import { test } from "node:test";
import { defaulted, findingsIn, summary, testRows } from "./rows.ts";

const http = { name: "http", port: 80, protocol: "HTTP" };
const tls = { certificateRefs: [{ name: "acme-tls" }] };
const https = { name: "https", port: 443, protocol: "HTTPS", tls };
const gateway = (fields: object) => ({ gatewayClassName: "lb", listeners: [http], ...fields });
const infrastructure = (fields: object) => gateway({ infrastructure: fields });
const addresses = (...list: object[]) => gateway({ addresses: list });
const frontend = (fields: object) => gateway({ tls: { frontend: { default: {}, ...fields } } });
const ca = { group: "", kind: "ConfigMap", name: "ca" };
const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, "v"]));
const domain = (length: number) => `${"a.".repeat(length / 2 - 1)}aa`.padEnd(length, "a");

testRows("Gateway", [
  ["a Gateway has a class", gateway({}), { listeners: [http] }, ["GW1102", "spec.gatewayClassName"]],
  [
    "an address is asked for once",
    addresses({ value: "10.0.0.1" }, { value: "10.0.0.2" }, {}, {}, { type: "Hostname", value: "a.io" }),
    addresses({ value: "10.0.0.1" }, { type: "IPAddress", value: "10.0.0.1" }),
    ["GW1244", "spec.addresses[1].value", "10.0.0.1"],
  ],
  [
    "a hostname is asked for once",
    addresses({ type: "Hostname", value: "a.io" }, { type: "NamedAddress", value: "a.io" }),
    addresses({ type: "Hostname", value: "a.io" }, { type: "Hostname", value: "a.io" }),
    ["GW1244", "spec.addresses[1].value", "a.io"],
  ],
  [
    "an address of type Hostname is a name",
    addresses({ type: "Hostname", value: "a.io" }),
    addresses({ type: "Hostname", value: "a_b" }),
    ["GW1244", "spec.addresses[0].value", "a_b"],
  ],
  [
    "labels of the infrastructure have keys of labels",
    infrastructure({ labels: { "acme.io/team": "store" } }),
    infrastructure({ labels: { "a b": "store" } }),
    ["GW1245", "spec.infrastructure.labels.a b", "a b"],
  ],
  [
    "annotations of the infrastructure have keys of annotations",
    infrastructure({ annotations: { "acme.io/team": "Any value: fine." } }),
    infrastructure({ annotations: { "-team": "store" } }),
    ["GW1245", "spec.infrastructure.annotations.-team", "-team"],
  ],
  [
    "the domain of a key is shorter than 253 characters",
    infrastructure({ labels: { [`${domain(252)}/a`]: "b" } }),
    infrastructure({ labels: { [`${domain(254)}/a`]: "b" } }),
    ["GW1245", `spec.infrastructure.labels.${domain(254)}/a`, `${domain(254).slice(0, 120)}…`],
  ],
  [
    "the infrastructure has at most 8 labels and 16 annotations",
    infrastructure({ labels: entries(8), annotations: entries(16) }),
    infrastructure({ labels: entries(9), annotations: entries(17) }),
    ["GW1107", "spec.infrastructure.labels"],
    ["GW1107", "spec.infrastructure.annotations"],
  ],
  [
    "a port has one TLS configuration",
    frontend({
      perPort: [
        { port: 443, tls: {} },
        { port: 444, tls: {} },
      ],
    }),
    frontend({
      perPort: [
        { port: 443, tls: {} },
        { port: 443, tls: {} },
      ],
    }),
    ["GW1247", "spec.tls.frontend.perPort[1].port", "443"],
  ],
  [
    "clients are validated by authorities",
    frontend({ default: { validation: { caCertificateRefs: [ca] } } }),
    frontend({ default: { validation: { caCertificateRefs: [] } } }),
    ["GW1107", "spec.tls.frontend.default.validation.caCertificateRefs"],
  ],
]);

const trusting = (reference: object) => frontend({ default: { validation: { caCertificateRefs: [reference] } } });
const bundle = { group: "certificates.k8s.io", kind: "ClusterTrustBundle", name: "ca" };

testRows(
  "Gateway",
  [
    [
      "a ClusterTrustBundle has no namespace",
      trusting(bundle),
      trusting({ ...bundle, namespace: "edge" }),
      ["GW1246", "spec.tls.frontend.default.validation.caCertificateRefs[0].namespace", "edge"],
    ],
    [
      "routability is Cluster or a domain's own",
      addresses({ routability: "Cluster" }, { routability: "acme.io/office" }, { routability: "" }),
      addresses({ routability: "Office" }, { routability: "networking.k8s.io/office" }),
      ["GW1244", "spec.addresses[0].routability", "Office"],
      ["GW1244", "spec.addresses[1].routability", "networking.k8s.io/office"],
    ],
    [
      "only HTTP listeners have filters",
      { gatewayClassName: "lb", listeners: [{ ...http, filters: { requests: [] } }] },
      { gatewayClassName: "lb", listeners: [{ ...http, protocol: "TCP", filters: { requests: [] } }] },
      ["GW1241", "spec.listeners[0].filters", "TCP"],
    ],
  ],
  "experimental",
);

const owners = [
  ["Gateway", (listeners: object[]) => ({ gatewayClassName: "lb", listeners })],
  ["ListenerSet", (listeners: object[]) => ({ parentRef: { name: "acme" }, listeners })],
] as const;
for (const [kind, listeners] of owners) {
  const one = (fields: object) => listeners([{ name: "a", port: 80, ...fields }]);
  testRows(kind, [
    ["there is a listener", listeners([http]), listeners([]), ["GW1107", "spec.listeners"]],
    [
      "plain HTTP has no TLS",
      one({ protocol: "HTTPS", tls }),
      one({ protocol: "HTTP", tls }),
      ["GW1242", "spec.listeners[0].tls", "HTTP"],
    ],
    [
      "HTTPS terminates TLS",
      one({ protocol: "TLS", tls: { mode: "Passthrough" } }),
      one({ protocol: "HTTPS", tls: { mode: "Passthrough" } }),
      ["GW1242", "spec.listeners[0].tls", "Passthrough"],
    ],
    ["TLS has a mode", one({ protocol: "TLS", tls }), one({ protocol: "TLS" }), ["GW1242", "spec.listeners[0].tls"]],
    [
      "TCP carries no hostname",
      one({ protocol: "HTTP", hostname: "a.io" }),
      one({ protocol: "TCP", hostname: "a.io" }),
      ["GW1242", "spec.listeners[0].hostname", "a.io"],
    ],
    [
      "a listener that terminates has a certificate, or an option that stands for one",
      one({ protocol: "HTTPS", tls: { options: { "acme.io/managed": "yes" } } }),
      one({ protocol: "HTTPS", tls: { certificateRefs: [] } }),
      ["GW1240", "spec.listeners[0].tls.certificateRefs"],
    ],
    [
      "listeners have names of their own",
      listeners([http, https]),
      listeners([http, { ...https, name: "http" }]),
      ["GW1243", "spec.listeners[1].name", "http"],
    ],
    [
      "listeners of one port and protocol differ by hostname",
      listeners([http, { ...http, name: "a", hostname: "a.io" }, { ...http, name: "b", hostname: "b.io" }]),
      listeners([
        { ...http, hostname: "a.io" },
        { ...http, name: "a", hostname: "a.io" },
      ]),
      ["GW1243", "spec.listeners[1]", "HTTP 80 a.io"],
    ],
    [
      "a name of a listener is a DNS name",
      one({ protocol: "HTTP" }),
      one({ protocol: "HTTP", name: "A_b" }),
      ["GW1105", "spec.listeners[0].name", "A_b"],
    ],
    [
      "a protocol is a word, or a domain's own",
      one({ protocol: "acme.io/quic" }),
      one({ protocol: "a b" }),
      ["GW1105", "spec.listeners[0].protocol", "a b"],
    ],
    [
      "routes come from all namespaces, some, or the same",
      one({ protocol: "HTTP", allowedRoutes: { namespaces: { from: "Selector", selector: {} } } }),
      one({ protocol: "HTTP", allowedRoutes: { namespaces: { from: "Any" } } }),
      ["GW1104", "spec.listeners[0].allowedRoutes.namespaces.from", "Any"],
    ],
    [
      "TLS options are at most 16",
      one({ protocol: "HTTPS", tls: { options: entries(16) } }),
      one({ protocol: "HTTPS", tls: { options: entries(17) } }),
      ["GW1107", "spec.listeners[0].tls.options"],
    ],
    [
      "listeners are at most 64, and those that are too many are not compared",
      listeners(Array.from({ length: 64 }, (_, i) => ({ ...http, name: `l${i}`, port: i + 1 }))),
      listeners(Array.from({ length: 65 }, () => http)),
      ["GW1107", "spec.listeners"],
    ],
  ]);
}

test("listeners have the defaults of the CRD", () => {
  const spec = { gatewayClassName: "lb", listeners: [https], addresses: [{}], allowedListeners: {} };
  assert.deepEqual(defaulted("Gateway", spec), {
    gatewayClassName: "lb",
    listeners: [
      {
        ...https,
        tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: "acme-tls" }] },
        allowedRoutes: { namespaces: { from: "Same" } },
      },
    ],
    addresses: [{ type: "IPAddress" }],
    allowedListeners: { namespaces: { from: "None" } },
  });
  const set = {
    parentRef: { name: "acme" },
    listeners: [{ ...http, allowedRoutes: { kinds: [{ kind: "TCPRoute" }] } }],
  };
  assert.deepEqual(defaulted("ListenerSet", set), {
    parentRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: "acme" },
    listeners: [
      {
        ...http,
        allowedRoutes: {
          namespaces: { from: "Same" },
          kinds: [{ group: "gateway.networking.k8s.io", kind: "TCPRoute" }],
        },
      },
    ],
  });
});

test("the standard channel has no filters of listeners, no default scope and no routability", () => {
  const spec = {
    gatewayClassName: "lb",
    listeners: [{ ...http, filters: {} }],
    defaultScope: "All",
    addresses: [{ routability: "Cluster" }],
  };
  assert.deepEqual(findingsIn("Gateway", spec, "experimental"), []);
  assert.deepEqual(summary(findingsIn("Gateway", spec)), [
    ["GW1109", "spec.listeners[0].filters"],
    ["GW1109", "spec.addresses[0].routability"],
    ["GW1109", "spec.defaultScope"],
  ]);
});
