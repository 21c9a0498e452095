import type { Construct } from "constructs";
import { ApplicationDeveloper, ClusterOperator, KubernetesObject, Namespace, Service, service } from "gatewright";

export class Edge extends ClusterOperator {
  readonly store: Namespace;
  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.store = new Namespace(this, "store", { metadata: { labels: { team: "store" } } });
    new KubernetesObject(this, "limits", { apiVersion: "v1", kind: "LimitRange", spec: { limits: [] } });
    // @ts-expect-error A Service belongs to an application developer.
    new Service(this, "web", { ports: [{ port: 80 }] });
  }
}

export class Store extends ApplicationDeveloper {
  readonly port: number | undefined;
  constructor(scope: Construct, id: string, props: { namespace: Namespace }) {
    super(scope, id, { namespace: props.namespace.name });
    const web = new Service(this, "web", { selector: { app: "web" }, ports: [{ port: 80, targetPort: "http" }] });
    const { port } = service(web);
    this.port = typeof port === "number" ? port : undefined;
    new KubernetesObject(this, "settings", { apiVersion: "v1", kind: "ConfigMap", data: { a: "b" } });
    // @ts-expect-error A Namespace belongs to a cluster operator.
    new Namespace(this, "lab");
    // @ts-expect-error Every object has a kind.
    new KubernetesObject(this, "kindless", { apiVersion: "v1" });
    // @ts-expect-error A plain construct is no persona's scope.
    new KubernetesObject(scope, "nobodys", { apiVersion: "v1", kind: "ConfigMap" });
  }
}
