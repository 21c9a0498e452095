import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { objectsOf } from "../../../lib/engines/objects.ts";
import * as own from "../../../lib/index.ts";

// A query string would load only lib/index.ts twice, and its imports once. A copy on disk has modules of its own.
const root = join(import.meta.dirname, "../../..");
const directory = mkdtempSync(join(tmpdir(), "gatewright-copy-"));
cpSync(join(root, "lib"), join(directory, "lib"), { recursive: true });
cpSync(join(root, "package.json"), join(directory, "package.json"));
symlinkSync(join(root, "node_modules"), join(directory, "node_modules"), "junction");
after(() => rmSync(directory, { recursive: true }));

const other = (await import(pathToFileURL(join(directory, "lib/index.ts")).href)) as typeof own;

const labels = { gateway: "acme-external" };
const listeners = [
  { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } },
] as const;

test("the copies are two", () => assert.notEqual(own.Gateway, other.Gateway));

test("a program on one copy is hosted by the other, mixed in one tree, and binds by labels across them", () => {
  const { declared, findings } = objectsOf((scope) => {
    const alice = new other.InfrastructureProvider(scope, "alice");
    const gatewayClass = new other.GatewayClass(alice, "lb", { controllerName: "acme.io/gateway-controller" });
    const bob = new own.ClusterOperator(scope, "bob", { namespace: "edge" });
    const gateway = new other.Gateway(bob, "external", { gatewayClassName: gatewayClass, listeners });
    gateway.selectRoutes({ matchLabels: labels });
    const carol = new other.ApplicationDeveloper(scope, "carol", { namespace: "store" });
    new own.HTTPRoute(new own.ApplicationDeveloper(carol, "cart"), "selected", { metadata: { labels } });
    new own.HTTPRoute(carol, "referring", { parentRefs: [gateway] });
    new own.ReferenceGrant(carol, "grant", { from: [gateway], to: [own.secret("tls")] });
  });
  assert.deepEqual(findings, []);
  assert.deepEqual(
    declared.map(({ object }) => [object.metadata.namespace, object.metadata.name]),
    [
      [undefined, "lb"],
      ["edge", "external"],
      ["store", "selected"],
      ["store", "referring"],
      ["store", "grant"],
    ],
  );
  for (const route of [declared[2], declared[3]]) {
    assert.deepEqual(route?.object.spec, { parentRefs: [{ name: "external", namespace: "edge" }] });
  }
});

test("what one copy throws is a finding with its construct's path in the other", () => {
  const { findings } = objectsOf((scope) => {
    const carol = new own.ApplicationDeveloper(scope, "carol");
    new other.Gateway(carol as never, "external", { gatewayClassName: "lb", listeners });
  });
  assert.deepEqual(
    findings.map(({ code, origin }) => [code, origin !== undefined && "construct" in origin && origin.construct]),
    [["GW1007", "carol/external"]],
  );
});
