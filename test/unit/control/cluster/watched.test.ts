import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { watchedKinds } from "../../../../proxy/control/cluster/watched.ts";

const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "a password" };
const object = (kind: string, fields: object): AnyObject => ({
  ...{ apiVersion: "v1", kind, metadata: { name: "a", namespace: "edge", uid: "1", annotations } },
  ...fields,
});

/** Returns what is kept of an object by the watch of its kind with this selector. */
function kept(one: AnyObject, fieldSelector?: string): AnyObject | undefined {
  const part = watchedKinds.find((each) => each.kind.kind === one.kind && each.fieldSelector === fieldSelector);
  assert.ok(part?.keep, `${one.kind} ${fieldSelector}`);
  return part.keep(one);
}

test("of Secrets certificates, keys and authorities are kept, and nothing else", () => {
  const data = { "tls.crt": "Yw==", "tls.key": "aw==", "ca.crt": "YQ==", password: "cA==" };
  const { password: _, ...certificates } = data;
  const metadata = { name: "a", namespace: "edge", uid: "1" };
  assert.deepEqual(kept(object("Secret", { type: "kubernetes.io/tls", data }), "type=kubernetes.io/tls"), {
    apiVersion: "v1",
    kind: "Secret",
    metadata,
    type: "kubernetes.io/tls",
    data: certificates,
  });
  assert.deepEqual(kept(object("Secret", { type: "Opaque", data }), "type=Opaque"), {
    apiVersion: "v1",
    kind: "Secret",
    metadata,
    type: "Opaque",
    data: { "ca.crt": "YQ==" },
  });
  for (const fields of [{ data: { password: "cA==" } }, { data: {} }, {}])
    assert.equal(kept(object("Secret", { type: "Opaque", ...fields }), "type=Opaque"), undefined);
});

test("of ConfigMaps authorities and settings of proxies are kept, and nothing else", () => {
  const metadata = { name: "a", namespace: "edge", uid: "1" };
  const whole = {
    data: { "ca.crt": "a", "parameters.yaml": "replicas: 3", page: "b" },
    binaryData: { "ca.crt": "YQ==", image: "Yg==" },
  };
  assert.deepEqual(kept(object("ConfigMap", whole)), {
    ...{ apiVersion: "v1", kind: "ConfigMap", metadata },
    ...{ data: { "ca.crt": "a", "parameters.yaml": "replicas: 3" }, binaryData: { "ca.crt": "YQ==" } },
  });
  assert.deepEqual(kept(object("ConfigMap", {})), { apiVersion: "v1", kind: "ConfigMap", metadata });
});
