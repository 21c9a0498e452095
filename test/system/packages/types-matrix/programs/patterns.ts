import { type ApplicationDeveloper, type ClusterOperator, HTTPRoute, header, service } from "gatewright";
import { Canary, cookie, GatewayMigration, MulticlusterService } from "gatewright/patterns";

declare const bob: ClusterOperator;
declare const carol: ApplicationDeveloper;

const route: HTTPRoute = new Canary(carol, "store", {
  stable: service("store", 8080),
  canary: { ...service("store-canary", 8080), filters: [] },
  steps: [0, 5, 100],
  step: 1,
  testers: [header("serve", "canary"), cookie("serve", "canary")],
});
const listeners = [{ name: "http", protocol: "HTTP" as const, port: 80 }];
const migration = new GatewayMigration(bob, "upgrade", {
  from: { id: "old", gatewayClassName: "lb", listeners },
  to: { id: "new", gatewayClassName: "lb-v2", listeners },
  stage: "both",
});
const clusters = MulticlusterService.perCluster("store", { clusters: ["c1", "c2"], namespace: "store", port: 8080 });
clusters.c1.exportFrom(carol);
new HTTPRoute(carol, "both", {
  parentRefs: migration.parentRefs,
  rules: [{ backendRefs: [{ ...clusters.c1.backendRef, weight: 5 }, clusters.c2.backendRef] }],
});
route.toSpec();
