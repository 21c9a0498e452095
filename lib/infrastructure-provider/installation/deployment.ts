import type { AnyObject } from "../../api/declared/declared.ts";
import { restrictedContainer, restrictedPod, spreadOverNodes } from "../../api/kinds/core/restricted-pod.ts";
import type { CompleteSettings } from "./settings.ts";

/** The ports that the controller listens on. */
export const ports = { stream: 15_010, admin: 9_902 } as const;

/** The labels that select the controller's pods. */
export const selector = { "app.kubernetes.io/name": "gatewright-controller" } as const;

export const labels = { ...selector, "app.kubernetes.io/part-of": "gatewright" } as const;

/** Returns the controller's Deployment. It runs without root on a read-only file system. */
export function controllerDeployment(name: string, settings: CompleteSettings): AnyObject {
  const { namespace, replicas } = settings;
  const spec = {
    replicas,
    selector: { matchLabels: selector },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: name,
        enableServiceLinks: false,
        securityContext: restrictedPod,
        containers: [container(name, settings)],
        topologySpreadConstraints: spreadOverNodes(selector),
      },
    },
  };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace, labels }, spec };
}

function container(name: string, { namespace, image, imagePullPolicy, controllerName, resources }: CompleteSettings) {
  const probe = (path: string) => ({ httpGet: { path, port: "admin" } });
  return {
    name: "controller",
    image,
    ...(imagePullPolicy !== undefined && { imagePullPolicy }),
    args: [
      "controller",
      ...["--controller-name", controllerName, "--namespace", namespace, "--service", name, "--image", image],
      ...["--stream", `[::]:${ports.stream}`, "--admin", `[::]:${ports.admin}`],
      ...(imagePullPolicy === undefined ? [] : ["--image-pull-policy", imagePullPolicy]),
    ],
    env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
    ports: [
      { name: "stream", containerPort: ports.stream, protocol: "TCP" },
      { name: "admin", containerPort: ports.admin, protocol: "TCP" },
    ],
    readinessProbe: { ...probe("/readyz"), periodSeconds: 5 },
    livenessProbe: { ...probe("/healthz"), periodSeconds: 10, failureThreshold: 3 },
    startupProbe: { ...probe("/healthz"), periodSeconds: 1, failureThreshold: 60 },
    resources,
    securityContext: restrictedContainer,
  };
}
