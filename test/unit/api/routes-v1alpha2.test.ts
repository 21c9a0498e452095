import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { load } from "../../../lib/api/load/load.ts";

const route = (apiVersion: string, hostnames?: readonly string[]): AnyObject => ({
  apiVersion: `gateway.networking.k8s.io/${apiVersion}`,
  kind: "TLSRoute",
  metadata: { name: "any-host", namespace: "edge" },
  spec: {
    ...(hostnames !== undefined && { hostnames }),
    rules: [{ backendRefs: [{ name: "store", port: 443 }] }],
  },
});

function loaded(object: AnyObject, channel: "standard" | "experimental") {
  const declared = [{ object, origin: { file: "route.yaml", line: 1 } }];
  return load([{ name: "route.yaml", declared, findings: [] }], { channel });
}

test("a TLSRoute of v1alpha2 without hostnames stays what it is, since v1 cannot say it, and is valid where it is served", () => {
  const { authored, objects, findings } = loaded(route("v1alpha2"), "experimental");
  assert.deepEqual(findings, []);
  assert.equal(authored[0]?.object.apiVersion, "gateway.networking.k8s.io/v1alpha2");
  assert.deepEqual((objects[0]?.object.spec as { hostnames: string[] } | undefined)?.hostnames, []);
});

test("a TLSRoute of v1alpha2 without hostnames is refused in the standard channel, which does not serve it", () => {
  const { objects, findings } = loaded(route("v1alpha2"), "standard");
  assert.deepEqual(
    findings.map(({ code, field }) => [code, field]),
    [["GW1109", "apiVersion"]],
  );
  assert.deepEqual(objects, []);
});

test("a TLSRoute of v1alpha2 with hostnames is converted", () => {
  const { authored, findings } = loaded(route("v1alpha2", ["acme.io"]), "standard");
  assert.deepEqual(
    findings.map(({ code }) => code),
    ["GW1301"],
  );
  assert.equal(authored[0]?.object.apiVersion, "gateway.networking.k8s.io/v1");
});

test("a TLSRoute of v1 needs hostnames", () => {
  const { findings } = loaded(route("v1"), "experimental");
  assert.deepEqual(
    findings.map(({ code, field }) => [code, field]),
    [["GW1102", "spec.hostnames"]],
  );
});

for (const kind of ["TLSRoute", "TCPRoute", "UDPRoute"]) {
  const several = (apiVersion: string): AnyObject => ({
    apiVersion: `gateway.networking.k8s.io/${apiVersion}`,
    kind,
    metadata: { name: "several", namespace: "edge" },
    spec: {
      ...(kind === "TLSRoute" && { hostnames: ["acme.io"] }),
      rules: [443, 444].map((port) => ({ name: "store", backendRefs: [{ name: "store", port }] })),
    },
  });

  test(`a ${kind} of v1alpha2 with several rules stays what it is, and their names differ`, () => {
    const { authored, findings } = loaded(several("v1alpha2"), "experimental");
    assert.equal(authored[0]?.object.apiVersion, "gateway.networking.k8s.io/v1alpha2");
    assert.deepEqual(
      findings.map(({ code, field }) => [code, field]),
      [["GW1231", "spec.rules[1].name"]],
    );
  });

  test(`a ${kind} of v1 has one rule`, () => {
    const { findings } = loaded(several("v1"), "experimental");
    assert.deepEqual(
      findings.map(({ code, field }) => [code, field]),
      [["GW1107", "spec.rules"]],
    );
  });
}
