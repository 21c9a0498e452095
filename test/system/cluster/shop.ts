import { stringify } from "yaml";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { issueCertificate } from "../../../proxy/control/issue-certificate.ts";
import { ask, askOften } from "./ask.ts";
import type { Cluster } from "./cluster.ts";
import { echoBasicImage } from "./rig/images/cluster-images.ts";
import { until } from "./rig/run.ts";

export const documents = (...objects: readonly object[]): string =>
  objects.map((object) => stringify(object)).join("---\n");

/** A namespace with a backend, a Gateway of Gatewright's class, and a route from the Gateway to the backend. */
export class Shop {
  readonly namespace: string;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster, namespace: string) {
    this.#cluster = cluster;
    this.namespace = namespace;
  }

  /** Creates everything, and waits until it serves traffic. */
  async open(): Promise<void> {
    const { kubectl } = this.#cluster;
    await kubectl(["delete", "namespace", this.namespace, "--ignore-not-found", "--wait"]);
    await kubectl(["create", "namespace", this.namespace]);
    await this.apply(this.certificate(), this.gateway(), this.backend(), this.service(), this.route());
    await this.rolledOut("backend");
    await this.programmed();
    await this.rolledOut("gate-gatewright");
    await this.#carries();
  }

  /** Waits until requests succeed: when a Gateway is Programmed, the node's Service proxy may lack its rules. */
  async #carries(): Promise<void> {
    const { own } = this.#cluster;
    if (own === undefined) return;
    const url = await this.url();
    const all = async () => (await askOften(own, url, 20)).every(({ version }) => version === "1");
    await until(`Twenty answers in a row from ${url}`, all, 30_000);
  }

  /** Deletes the namespace without waiting for the end: pods take time to drain. */
  async close(): Promise<void> {
    // One request deletes all objects of a kind; kubectl would send one for each object.
    for (const kind of ["httproutes", "gateways"]) {
      const all = `/apis/gateway.networking.k8s.io/v1/namespaces/${this.namespace}/${kind}`;
      await this.kubectl("delete", "--raw", all);
    }
    await this.#cluster.kubectl(["delete", "namespace", this.namespace, "--wait=false"]);
  }

  /** Runs kubectl in this namespace. */
  kubectl(...args: readonly string[]): Promise<string> {
    return this.#cluster.kubectl(["--namespace", this.namespace, ...args]);
  }

  apply(...objects: readonly object[]): Promise<string> {
    return this.#cluster.apply(documents(...objects));
  }

  async read(object: string): Promise<AnyObject & Readonly<Record<string, unknown>>> {
    return JSON.parse(await this.kubectl("get", object, "--output=json"));
  }

  field(object: string, path: string): Promise<string> {
    return this.kubectl("get", object, `--output=jsonpath={${path}}`);
  }

  async rolledOut(deployment: string): Promise<void> {
    await this.#cluster.kubectl(
      ["--namespace", this.namespace, "rollout", "status", `deployment/${deployment}`, "--timeout=180s"],
      { timeout: 190_000 },
    );
  }

  async programmed(gateway = "gate"): Promise<void> {
    await this.kubectl("wait", "--for=condition=Programmed", `gateway/${gateway}`, "--timeout=90s");
  }

  /** Returns the address of the load balancer from the Gateway's status. */
  address(gateway = "gate"): Promise<string> {
    return this.field(`gateway/${gateway}`, ".status.addresses[0].value");
  }

  async url(): Promise<string> {
    return `http://${await this.address()}/`;
  }

  /** Returns the pods of the Gateway's proxies that are not terminating. */
  async proxies(gateway = "gate"): Promise<readonly string[]> {
    const list = await this.kubectl(
      ...["get", "pods", `--selector=gateway.networking.k8s.io/gateway-name=${gateway}`, "--output=json"],
    );
    const { items } = JSON.parse(list) as { readonly items: readonly Pod[] };
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.name);
  }

  /** Waits until responses have this version: a change of the route has arrived. */
  async answers(version: string, limit = 30_000): Promise<void> {
    const { own } = this.#cluster;
    if (own === undefined) return;
    const url = await this.url();
    await until(`An answer of version ${version}`, async () => (await ask(own, url)).version === version, limit);
  }

  gateway(name = "gate"): object {
    const tls = { certificateRefs: [{ name: "certificate" }] };
    return {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { name, namespace: this.namespace },
      spec: {
        gatewayClassName: "gatewright",
        listeners: [
          { name: "http", protocol: "HTTP", port: 80 },
          { name: "https", protocol: "HTTPS", port: 443, tls },
        ],
      },
    };
  }

  /** Returns a route whose responses have this version. */
  route(version = "1", { name = "route", parents = ["gate"], backend = "backend", port = 8080 } = {}): object {
    const set = [{ name: "X-Version", value: version }];
    return {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name, namespace: this.namespace },
      spec: {
        parentRefs: parents.map((parent) => ({ name: parent })),
        rules: [
          {
            filters: [{ type: "ResponseHeaderModifier", responseHeaderModifier: { set } }],
            backendRefs: [{ name: backend, port }],
          },
        ],
      },
    };
  }

  certificate(commonName = "shop.test"): object {
    const { key, certificates } = issueCertificate({ commonName, names: [commonName] });
    return {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "certificate", namespace: this.namespace },
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": certificates, "tls.key": key },
    };
  }

  /**
   * Returns the suite's backend. It ends at once on SIGTERM, so a preStop hook delays that, as every backend should.
   */
  backend(template: Readonly<Record<string, string>> = {}): object {
    const labels = { app: "backend" };
    const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
    const container = {
      name: "echo",
      image: echoBasicImage,
      env: [
        { name: "POD_NAME", ...field("metadata.name") },
        { name: "NAMESPACE", ...field("metadata.namespace") },
      ],
      ports: [{ name: "http", containerPort: 3000 }],
      readinessProbe: { tcpSocket: { port: 3000 }, periodSeconds: 1 },
      lifecycle: { preStop: { sleep: { seconds: 3 } } },
    };
    return {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "backend", namespace: this.namespace },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: { labels: { ...labels, ...template } },
          spec: { terminationGracePeriodSeconds: 5, containers: [container] },
        },
      },
    };
  }

  service(): object {
    return {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "backend", namespace: this.namespace },
      spec: { selector: { app: "backend" }, ports: [{ port: 8080, targetPort: 3000 }] },
    };
  }
}

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
}
