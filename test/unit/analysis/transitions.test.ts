import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLive } from "../../../lib/analysis/live/check-live.ts";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { kinds, unroutedKinds } from "../../../lib/api/index.ts";
import { schemaOf } from "../../../lib/api/kinds/kinds.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { immutableFields } from "../../../lib/api/schema/immutable-fields.ts";

const classOf = (controllerName: string): AnyObject => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "GatewayClass",
  metadata: { name: "public" },
  spec: { controllerName },
});

function changes(before: AnyObject | undefined, after: AnyObject) {
  const text = JSON.stringify(after);
  const origin = { cluster: "https://api.acme.io" };
  const declared = before === undefined ? [] : [{ object: before, origin }];
  const cluster = { address: origin.cluster, declared, forbidden: [], installed: new Map() };
  const sources = [{ name: "a.json", ...parseDocuments(text, "a.json"), texts: new Map([["a.json", text]]) }];
  const found = checkLive({ cluster, sources, channel: "standard", only: "schema" });
  return found.filter(({ code }) => code === "GW1248").map(({ field, given, allowed }) => ({ field, given, allowed }));
}

test("the controller of a class that exists cannot be changed", () => {
  const expected = { field: "spec.controllerName", given: "acme.io/b", allowed: "acme.io/a" };
  assert.deepEqual(changes(classOf("acme.io/a"), classOf("acme.io/b")), [expected]);
  assert.deepEqual(
    changes({ ...classOf("acme.io/a"), apiVersion: "gateway.networking.k8s.io/v1beta1" }, classOf("acme.io/b")),
    [expected],
  );
  assert.deepEqual(changes(classOf("acme.io/a"), classOf("acme.io/a")), []);
  assert.deepEqual(changes(undefined, classOf("acme.io/b")), []);
});

test("the immutable fields are those of the CRDs", () => {
  const found = [...kinds, ...unroutedKinds].flatMap((kind) =>
    immutableFields(schemaOf(kind, "experimental")).map((path) => `${kind.kind} ${path.join(".")}`),
  );
  assert.deepEqual(found, ["GatewayClass spec.controllerName", "XMesh spec.controllerName"]);
});
