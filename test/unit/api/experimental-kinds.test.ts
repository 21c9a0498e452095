import assert from "node:assert/strict";
import { test } from "node:test";
import { unroutedKinds, validate } from "../../../lib/api/index.ts";
import { load } from "../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import type { Channel } from "../../../lib/api/schema/schema.ts";

const targetRefs = [{ group: "", kind: "Service", name: "a" }];

const specs: Readonly<Record<string, { readonly good: object; readonly bad: object; readonly error: string }>> = {
  XBackend: {
    good: { type: "ExternalHostname", port: { number: 443 }, externalHostname: { hostname: "api.acme.io" } },
    bad: {
      type: "ExternalHostname",
      port: { number: 443 },
      protocol: "HTTP2",
      externalHostname: { hostname: "acme.io" },
    },
    error: "GW1257 spec.tls.mode",
  },
  XBackendTrafficPolicy: {
    good: { targetRefs, retryConstraint: { budget: { interval: "1h" } } },
    bad: { targetRefs, retryConstraint: { budget: { interval: "2h" } } },
    error: "GW1258 spec.retryConstraint.budget.interval",
  },
  XMesh: {
    good: { controllerName: "acme.io/mesh" },
    bad: { controllerName: "mesh" },
    error: "GW1105 spec.controllerName",
  },
  XTelemetryPolicy: {
    good: { targetRefs, tracing: { mode: "Enabled", provider: { backendRef: { name: "otel", port: 4317 } } } },
    bad: { targetRefs, tracing: { spanName: "a" } },
    error: "GW1259 spec.tracing.spanName",
  },
};

function found(object: object, channel: Channel): readonly string[] {
  const parsed = parseDocuments(JSON.stringify(object), "a.json");
  const { findings } = load([{ name: "a.json", ...parsed }], { channel });
  return findings.map(({ code, severity, field }) => `${code}${severity === "error" ? "" : ` ${severity}`} ${field}`);
}

for (const { group, kind } of unroutedKinds) {
  const { good, bad, error } = specs[kind] ?? assert.fail(`no specs for ${kind}`);
  const objectOf = (spec: object, version = "v1alpha1") => ({
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name: "a" },
    spec,
  });

  test(`${kind} is checked as the API server does, and is never passed over in silence`, () => {
    assert.deepEqual(found(objectOf(good), "experimental"), ["GW1056 note undefined"]);
    assert.deepEqual(found(objectOf(bad), "experimental"), ["GW1056 note undefined", error]);
    assert.deepEqual(found({ ...objectOf(good), spec: 5 }, "experimental").slice(1), ["GW1103 spec"]);
  });

  test(`${kind} is not of the standard channel`, () => {
    assert.deepEqual(found(objectOf(good), "standard").slice(1), ["GW1109 apiVersion"]);
  });

  test(`${kind} has one version`, () => {
    assert.deepEqual(found(objectOf(good, "v1"), "experimental"), ["GW1005 apiVersion"]);
  });
}

test("kinds that do not exist in the groups of the API are errors, by either way of checking", () => {
  for (const [apiVersion, kind] of [
    ["gateway.networking.x-k8s.io/v1alpha1", "XBackends"],
    ["gateway.networking.x-k8s.io/v1alpha1", "HTTPRoute"],
    ["gateway.networking.k8s.io/v1", "HTTPRouter"],
    ["gateway.networking.k8s.io/v7", "HTTPRoute"],
  ] as const) {
    const object = { apiVersion, kind, metadata: { name: "a" } };
    assert.equal(validate({ apiVersion, kind } as never, { channel: "standard" }).findings[0]?.code, "GW1005");
    const [finding] = validate(object, { channel: "experimental" }).findings;
    assert.deepEqual([finding?.code, finding?.severity], ["GW1005", "error"], kind);
    assert.deepEqual(found(object, "experimental"), [`GW1005 ${finding?.field}`]);
  }
});
