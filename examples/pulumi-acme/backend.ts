import * as k8s from "@pulumi/kubernetes";
import type { Resource } from "@pulumi/pulumi";

/** A Deployment and a Service of one name. The program answers on port 8080 with the request that it received. */
export function backend(name: string, namespace: k8s.core.v1.Namespace, image: string): readonly Resource[] {
  const metadata = { name, namespace: namespace.metadata.name };
  const labels = { app: name };
  const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
  const env = [
    { name: "POD_NAME", ...field("metadata.name") },
    { name: "NAMESPACE", ...field("metadata.namespace") },
  ];
  const deployment = new k8s.apps.v1.Deployment(name, {
    metadata,
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "echo", image, env }] } },
    },
  });
  const service = new k8s.core.v1.Service(name, {
    metadata,
    spec: { selector: labels, ports: [{ port: 8080, targetPort: 3000 }] },
  });
  return [deployment, service];
}
