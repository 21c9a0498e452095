import type { Construct } from "constructs";
import {
  ApplicationDeveloper,
  ClusterOperator,
  Gateway,
  HTTPRoute,
  InfrastructureProvider,
  KubernetesObject,
  Namespace,
  Service,
  service,
} from "gatewright";

/** A program of three personas that also declares objects outside the Gateway API, for tests of every target. */
export function shop(scope: Construct): void {
  const alice = new InfrastructureProvider(scope, "alice");
  new KubernetesObject(alice, "fast", {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    provisioner: "acme.io/disk",
  });
  const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
  const store = new Namespace(bob, "store", { metadata: { labels: { team: "store" } } });
  const gateway = new Gateway(bob, "external", {
    gatewayClassName: "lb",
    listeners: [
      {
        name: "http",
        protocol: "HTTP",
        port: 80,
        allowedRoutes: { namespaces: { from: "Selector", selector: { matchLabels: { team: "store" } } } },
      },
    ],
  });
  gateway.selectRoutes({ matchLabels: { gateway: "external" } });
  const carol = new ApplicationDeveloper(scope, "carol", { namespace: store.name });
  const web = new Service(carol, "web", { selector: { app: "web" }, ports: [{ port: 8080 }] });
  new KubernetesObject(carol, "settings", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { annotations: { note: "for tests" } },
    data: { colour: "blue" },
  });
  new HTTPRoute(carol, "route", {
    metadata: { labels: { gateway: "external" } },
    rules: [{ backendRefs: [service(web)] }],
  });
}

/** The objects of {@link shop} without those of the Gateway API, by kind. */
export const shopObjects: Readonly<Record<string, object>> = {
  StorageClass: {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "fast" },
    provisioner: "acme.io/disk",
  },
  Namespace: { apiVersion: "v1", kind: "Namespace", metadata: { name: "store", labels: { team: "store" } } },
  Service: {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "store" },
    spec: { selector: { app: "web" }, ports: [{ port: 8080 }] },
  },
  ConfigMap: {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "settings", namespace: "store", annotations: { note: "for tests" } },
    data: { colour: "blue" },
  },
};
