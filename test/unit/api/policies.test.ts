import { testRows } from "./rows.ts";

const target = { group: "", kind: "Service", name: "a" };
const validation = { hostname: "a.io", wellKnownCACertificates: "System" };
const ca = { group: "", kind: "ConfigMap", name: "ca" };
const policy = (fields: object) => ({ targetRefs: [target], validation, ...fields });
const validated = (fields: object) => policy({ validation: { hostname: "a.io", ...fields } });
const named = (...subjectAltNames: object[]) => validated({ wellKnownCACertificates: "System", subjectAltNames });
const altName = "spec.validation.subjectAltNames[0]";

for (const channel of ["standard", "experimental"] as const) {
  testRows(
    "BackendTLSPolicy",
    [
      [
        `a target is referred to once, ${channel}`,
        policy({ targetRefs: [target, { ...target, name: "b" }] }),
        policy({ targetRefs: [target, target] }),
        ["GW1250", "spec.targetRefs[1]"],
      ],
      [
        `a target is referred to by ports, or as a whole, ${channel}`,
        policy({
          targetRefs: [
            { ...target, sectionName: "x" },
            { ...target, sectionName: "y" },
          ],
        }),
        policy({ targetRefs: [target, { ...target, sectionName: "y" }] }),
        ["GW1250", "spec.targetRefs[1].sectionName", "y"],
      ],
      [
        `some authority is trusted, ${channel}`,
        validated({ caCertificateRefs: [ca] }),
        validated({}),
        ["GW1251", "spec.validation.caCertificateRefs"],
      ],
      [
        `authorities come from one place, ${channel}`,
        validated({ wellKnownCACertificates: "acme.io/roots" }),
        validated({ wellKnownCACertificates: "System", caCertificateRefs: [ca] }),
        ["GW1251", "spec.validation.wellKnownCACertificates", "System"],
      ],
    ],
    channel,
  );
}

testRows("BackendTLSPolicy", [
  [
    "a name in the certificate has the field of its type",
    named({ type: "Hostname", hostname: "a.io" }),
    named({ type: "Hostname" }),
    ["GW1252", `${altName}.hostname`],
  ],
  [
    "a name in the certificate has no field of the other type",
    named({ type: "URI", uri: "spiffe://acme.io/store" }),
    named({ type: "URI", uri: "spiffe://acme.io/store", hostname: "a.io" }),
    ["GW1252", `${altName}.hostname`, "URI"],
  ],
  [
    "SNI is a name",
    validated({ caCertificateRefs: [ca] }),
    policy({ validation: { ...validation, hostname: "*.a.io" } }),
    ["GW1105", "spec.validation.hostname", "*.a.io"],
  ],
]);

testRows("GatewayClass", [
  [
    "a controller has a domain",
    { controllerName: "acme.io/gateway-controller" },
    { controllerName: "gateway-controller" },
    ["GW1105", "spec.controllerName", "gateway-controller"],
  ],
  [
    "a description is short",
    { controllerName: "acme.io/a", description: "a".repeat(64) },
    { controllerName: "acme.io/a", description: "a".repeat(65) },
    ["GW1107", "spec.description", "a".repeat(65)],
  ],
  [
    "parameters have a kind",
    { controllerName: "acme.io/a", parametersRef: { group: "k8s.acme.io", kind: "Params", name: "lb" } },
    { controllerName: "acme.io/a", parametersRef: { group: "k8s.acme.io", name: "lb" } },
    ["GW1102", "spec.parametersRef.kind"],
  ],
]);

const from = [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "store" }];
const to = [{ group: "", kind: "Service" }];

testRows("ReferenceGrant", [
  ["somebody is granted something", { from, to }, { from: [], to: [] }, ["GW1107", "spec.from"], ["GW1107", "spec.to"]],
  [
    "a grant is for a namespace",
    { from, to },
    { from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute" }], to },
    ["GW1102", "spec.from[0].namespace"],
  ],
  [
    "a kind is a word",
    { from, to: [{ group: "", kind: "Service", name: "a" }] },
    { from, to: [{ group: "", kind: "1st" }] },
    ["GW1105", "spec.to[0].kind", "1st"],
  ],
]);
