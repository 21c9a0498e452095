import assert from "node:assert/strict";
import { test } from "node:test";
import { ApplicationDeveloper } from "../../../lib/application-developer/application-developer.ts";
import { HTTPRoute, type HTTPRouteProps } from "../../../lib/application-developer/http-route.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { sourceOf } from "../../../lib/findings/finding.ts";

/** Returns the only route of a program, or the message of the error that it threw. */
function route(id: string, props: HTTPRouteProps) {
  const { declared, findings } = objectsOf((scope) => {
    new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), id, props);
  });
  return { object: declared[0]?.object, message: findings[0]?.message, origin: findings[0]?.origin };
}

test("the construct's id is metadata.name, the origin its path, the persona that of its scope", () => {
  const { declared } = objectsOf((scope) => {
    new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "acme-store", {});
  });
  const [{ origin, ...first } = {}, ...others] = declared;
  assert.deepEqual(others, []);
  assert.equal(origin && sourceOf(origin), "carol/acme-store");
  assert.deepEqual(
    [first],
    [
      {
        object: {
          apiVersion: "gateway.networking.k8s.io/v1",
          kind: "HTTPRoute",
          metadata: { name: "acme-store", namespace: "store" },
          spec: {},
        },
        persona: "ApplicationDeveloper",
      },
    ],
  );
});

test("metadata carries labels, annotations and another name, and is no part of the spec", () => {
  const { object } = route("Store Route", {
    metadata: { name: "acme-store", labels: { app: "store" }, annotations: { "acme.io/team": "carol" } },
    hostnames: ["acme.io"],
  });
  assert.deepEqual(object?.metadata, {
    name: "acme-store",
    namespace: "store",
    labels: { app: "store" },
    annotations: { "acme.io/team": "carol" },
  });
  assert.deepEqual(object?.spec, { hostnames: ["acme.io"] });
});

test("an id that cannot be a name is refused, with what is allowed and the way out", () => {
  for (const id of ["Store Route", "a_b", "-a", "a.", "a/b", "a".repeat(254)]) {
    const { object, message } = route(id, {});
    assert.equal(object, undefined);
    assert.match(message ?? "", /^the construct's id .* cannot be metadata\.name of a HTTPRoute/);
    assert.match(message ?? "", /keep it and set metadata\.name\.$/);
  }
  assert.equal(route("a".repeat(253), {}).message, undefined);
  assert.equal(route("acme.store-1", {}).message, undefined);
});

test("a metadata.name that cannot be a name is refused at the construct's path", () => {
  const { message, origin } = route("acme-store", { metadata: { name: "Acme" } });
  assert.match(message ?? "", /^"Acme" cannot be metadata\.name of a HTTPRoute/);
  assert.equal(origin && sourceOf(origin), "carol/acme-store");
});

test("a construct without props says what belongs there", () => {
  const { message } = route("acme-store", undefined as never);
  assert.match(message ?? "", /needs its spec as third argument, but got undefined/);
});

test("a late name, namespace, port, hostname and weight are produced when the tree is read, not before", () => {
  let ready = false;
  const late = <T>(value: T) => ({
    produce: (): T => {
      assert.ok(ready, "produced too early");
      return value;
    },
  });
  const { declared, findings } = objectsOf((scope) => {
    const carol = new ApplicationDeveloper(scope, "carol", { namespace: late("store") });
    new HTTPRoute(carol, "route", {
      metadata: { name: late("acme-store") },
      hostnames: [late("acme.io")],
      rules: [{ backendRefs: [{ name: late("acme-store"), port: late(8080), weight: late(9) }] }],
    });
    ready = true;
  });
  assert.deepEqual(findings, []);
  assert.deepEqual(declared[0]?.object.metadata, { name: "acme-store", namespace: "store" });
  assert.deepEqual(declared[0]?.object.spec, {
    hostnames: ["acme.io"],
    rules: [{ backendRefs: [{ name: "acme-store", port: 8080, weight: 9 }] }],
  });
});
