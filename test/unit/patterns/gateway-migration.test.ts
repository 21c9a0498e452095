import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ApplicationDeveloper, ClusterOperator, DeclarationError, HTTPRoute, service } from "gatewright";
import { GatewayMigration, type GatewayMigrationProps, type MigrationStage } from "gatewright/patterns";
import type { HTTPRouteSpec, Listener } from "../../../lib/api/index.ts";
import { PlainTree } from "../../../lib/engines/objects.ts";

const http: Listener = { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } };
const secure: Listener = {
  name: "https",
  protocol: "HTTPS",
  port: 443,
  hostname: "acme.io",
  tls: { certificateRefs: [{ name: "tls" }] },
};
const routes = { matchLabels: { gateway: "external" } };
const from = { id: "external", gatewayClassName: "lb", listeners: [http] };
const to = { id: "external-v2", gatewayClassName: "lb-v2", listeners: [http] };

function migrating(props: Partial<GatewayMigrationProps> = {}) {
  const tree = new PlainTree("acme");
  const bob = new ClusterOperator(tree, "edge", { namespace: "edge" });
  const migration = new GatewayMigration(bob, "upgrade", { from, to, stage: "both", routes, ...props });
  return { tree, bob, migration };
}

/**
 * Returns the Gateways' paths, and the parentRefs of a route with the label and of one with the migration's parentRefs.
 */
function at(stage: MigrationStage) {
  const { tree, migration } = migrating({ stage });
  const carol = new ApplicationDeveloper(tree, "store", { namespace: "store" });
  const rules = [{ backendRefs: [service("acme-store", 8080)] }];
  const bound = new HTTPRoute(carol, "bound", { metadata: { labels: { gateway: "external" } }, rules });
  const given = new HTTPRoute(carol, "given", { parentRefs: migration.parentRefs, rules });
  const parents = (route: HTTPRoute) => (route.toSpec() as HTTPRouteSpec).parentRefs?.map(({ name }) => name);
  return { paths: migration.gateways.map(({ node }) => node.path), bound: parents(bound), given: parents(given) };
}

describe("a migration of a Gateway", () => {
  const names: Readonly<Record<MigrationStage, readonly string[]>> = {
    from: ["external"],
    both: ["external", "external-v2"],
    to: ["external-v2"],
  };
  for (const stage of ["from", "both", "to"] as const) {
    it(`has at stage "${stage}" ${names[stage].join(" and ")}, with the routes, in the scope that it stands in`, () => {
      const paths = names[stage].map((name) => `acme/edge/${name}`);
      assert.deepEqual(at(stage), { paths, bound: names[stage], given: names[stage] });
    });
  }

  it("makes the very object that was there before, and that is there after", () => {
    const bob = (tree: PlainTree) => new ClusterOperator(tree, "edge", { namespace: "edge" });
    const { migration } = migrating({ stage: "to" });
    assert.deepEqual(migration.to?.toObject().metadata, { name: "external-v2", namespace: "edge" });
    assert.equal(migration.from, undefined);
    assert.equal(migration.to?.node.path, `${bob(new PlainTree("acme")).node.path}/external-v2`);
  });

  it("binds no route by labels unless it is told which", () => {
    const { tree } = migrating({ routes: undefined } as Partial<GatewayMigrationProps>);
    const carol = new ApplicationDeveloper(tree, "store", { namespace: "store" });
    const route = new HTTPRoute(carol, "r", { metadata: { labels: { gateway: "external" } } });
    assert.equal((route.toSpec() as HTTPRouteSpec).parentRefs, undefined);
  });

  it("lets the new Gateway have more listeners, and what a listener's clients do not see may differ", () => {
    const more = { ...to, listeners: [secure, { ...http, allowedRoutes: { namespaces: { from: "Same" } } } as const] };
    assert.equal(migrating({ to: more }).migration.gateways.length, 2);
  });

  it("takes a hostname that is known later for the one it may be", () => {
    const later = { produce: () => "acme.io" };
    const old = { ...from, listeners: [{ ...secure, hostname: later }] };
    assert.equal(migrating({ from: old, to: { ...to, listeners: [secure] } }).migration.gateways.length, 2);
  });

  const lacking: Readonly<Record<string, readonly Listener[]>> = {
    "another name": [{ ...secure, name: "tls" }],
    "another port": [{ ...secure, port: 8443 }],
    "another protocol": [{ ...secure, protocol: "TLS" }],
    "another hostname": [{ ...secure, hostname: "*.acme.io" }],
    "no listener": [],
  };
  for (const [what, listeners] of Object.entries(lacking)) {
    it(`refuses a new Gateway with ${what} where the old one has a listener`, () => {
      const props = { from: { ...from, listeners: [secure] }, to: { ...to, listeners } };
      assert.throws(
        () => migrating(props),
        refusal(/as https \(HTTPS 443, acme\.io\) of from, so its traffic would be lost/),
      );
    });
  }

  it("refuses a stage that is none, and two Gateways that are one", () => {
    assert.throws(
      () => migrating({ stage: "new" as MigrationStage }),
      refusal(/"from", "both" or "to", but got "new"/),
    );
    assert.throws(() => migrating({ to: { ...to, id: "external" } }), refusal(/got external and external/));
    const sameName = { ...to, metadata: { name: "external" } };
    assert.throws(() => migrating({ to: sameName }), refusal(/got external and external/));
  });
});

function refusal(message: RegExp) {
  return (error: unknown) =>
    error instanceof DeclarationError && error.construct === "acme/edge/upgrade" && message.test(error.problem);
}
