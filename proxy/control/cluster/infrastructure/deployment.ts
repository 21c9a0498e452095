import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { restrictedContainer, restrictedPod, spreadOverNodes } from "../../../../lib/api/kinds/core/restricted-pod.ts";
import type { GatewayIR } from "../../../../lib/routing/ir.ts";
import type { Installation } from "./installation.ts";
import { type Made, object } from "./made.ts";
import type { Parameters } from "./parameters.ts";
import { workersFor } from "./workers.ts";

/** The directory in a proxy's container at which its volume is mounted. */
const mounted = "/var/run/gatewright";

/** Seconds for requests in flight and tunnels after the drain delay: the proxy's own deadline, plus a margin. */
const finishing = 35;

/**
 * Makes the Deployment of a Gateway's proxies. They run as an unprivileged user on a read-only file system. Their only
 * permission is to request this Gateway's configuration from the controller. They bind the listeners' own ports, also
 * those below 1024, which a safe sysctl allows in their own network namespace.
 */
export function deployment(made: Made, ir: GatewayIR, parameters: Parameters, installation: Installation): AnyObject {
  const { replicas, imagePullSecrets, nodeSelector, tolerations, drainDelay } = parameters;
  const { name, labels, annotations, selector } = made;
  const spec = {
    replicas,
    selector: { matchLabels: selector },
    // An old proxy serves until its replacement is ready.
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    template: {
      metadata: { labels, annotations },
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: drainDelay + finishing,
        securityContext: {
          ...restrictedPod,
          sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
        },
        containers: [container(made, ir, parameters, installation)],
        volumes: [volume(name, installation)],
        topologySpreadConstraints: spreadOverNodes(selector),
        ...(imagePullSecrets !== undefined && { imagePullSecrets }),
        ...(nodeSelector !== undefined && { nodeSelector }),
        ...(tolerations !== undefined && { tolerations }),
      },
    },
  };
  return object("apps/v1", "Deployment", made, { spec });
}

function container({ namespace }: Made, ir: GatewayIR, parameters: Parameters, { stream }: Installation) {
  const { image, imagePullPolicy, resources, drainDelay, arguments: further = [] } = parameters;
  const [admin, health] = adminPorts(ir);
  const probe = (path: string) => ({ httpGet: { path, port: health } });
  return {
    name: "proxy",
    image,
    ...(imagePullPolicy !== undefined && { imagePullPolicy }),
    args: [
      "proxy",
      ...["--controller", stream, "--gateway", `${namespace}/${ir.gateway.name}`, "--credentials", mounted],
      // The kubelet and Prometheus connect from outside of the pod, for health and metrics. The admin address shows the
      // configuration, so it is only for users who may forward a port: `kubectl port-forward` connects to the pod's
      // loopback.
      ...["--admin", `127.0.0.1:${admin}`, "--health", `[::]:${health}`, "--drain-delay", String(drainDelay)],
      ...["--workers", String(workersFor(resources))],
      ...further,
    ],
    env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
    // The listeners' ports are not declared: that would have no effect, and each new port would replace every proxy.
    ports: [{ name: "health", containerPort: health, protocol: "TCP" }],
    readinessProbe: { ...probe("/readyz"), periodSeconds: 2, failureThreshold: 1 },
    livenessProbe: { ...probe("/healthz"), periodSeconds: 10, failureThreshold: 3 },
    startupProbe: { ...probe("/healthz"), periodSeconds: 1, failureThreshold: 60 },
    resources,
    securityContext: restrictedContainer,
    volumeMounts: [{ name: "gatewright", mountPath: mounted, readOnly: true }],
  };
}

/**
 * Makes the volume with the CA certificate to trust, and a token that is valid for one hour, for the controller only.
 */
function volume(name: string, { audience }: Installation) {
  const token = { serviceAccountToken: { audience, expirationSeconds: 3_600, path: "token" } };
  const authority = { configMap: { name, items: [{ key: "ca.crt", path: "ca.crt" }] } };
  return { name: "gatewright", projected: { sources: [token, authority] } };
}

/** Returns the ports of the admin address and of health checks: 9901 and 9902, or the next ones without a listener. */
export function adminPorts({ ports }: GatewayIR): readonly [number, number] {
  const taken = new Set(ports.map(({ port }) => port));
  const next = (from: number): number => (taken.has(from) ? next(from + 1) : from);
  const admin = next(9901);
  return [admin, next(admin + 1)];
}
