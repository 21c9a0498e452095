import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { stringify } from "yaml";
import { type Cluster, type OwnCluster, otherCluster, startCluster } from "./cluster.ts";
import { buildImage } from "./rig/images/build-image.ts";
import { busyboxImage, clusterImages, echoBasicImage } from "./rig/images/cluster-images.ts";
import { apiServerURL, network } from "./rig/network.ts";
import { until } from "./rig/run.ts";
import { obtainIngredients } from "./rig/start.ts";
import { versions } from "./rig/versions.ts";

const namespace = "cluster-test";
const inNamespace = ["--namespace", namespace];

let cluster: Cluster;

before(async () => {
  cluster = await startCluster();
  await cluster.kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait"]);
  await cluster.kubectl(["create", "namespace", namespace]);
});
after(async () => {
  await cluster?.kubectl(["delete", "namespace", namespace, "--wait=false"]);
  await cluster?.stop();
});

const documents = (...objects: readonly object[]): string => objects.map((object) => stringify(object)).join("---\n");

/** The conformance suite's backend in a Deployment, which names the Pod in its responses. */
function backend(name: string, env: Readonly<Record<string, string>> = {}): object {
  const labels = { app: name };
  const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name,
              image: echoBasicImage,
              env: [
                { name: "POD_NAME", ...field("metadata.name") },
                { name: "NAMESPACE", ...field("metadata.namespace") },
                ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
              ],
            },
          ],
        },
      },
    },
  };
}

function service(name: string, spec: object): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { selector: { app: name }, ...spec },
  };
}

async function available(name: string): Promise<void> {
  await cluster.kubectl(["rollout", "status", `deployment/${name}`, ...inNamespace, "--timeout=60s"]);
}

async function field(object: string, path: string): Promise<string> {
  return cluster.kubectl(["get", object, ...inNamespace, "--output", `jsonpath={${path}}`]);
}

/** Returns the address that the load balancer assigns. */
async function addressOf(name: string): Promise<string> {
  const path = ".status.loadBalancer.ingress[0].ip";
  await until(`An address for ${name}`, async () => (await field(`service/${name}`, path)) !== "", 15_000);
  return field(`service/${name}`, path);
}

/** Runs a Node.js script in the cluster's network and returns its output. */
async function scripted(own: OwnCluster, script: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await own.inNetwork([process.execPath, "--eval", script, ...args], {
    timeout: 20_000,
  });
  assert.equal(code, 0, stderr);
  return stdout;
}

/** Returns the body of a GET from inside the cluster's network. A new Service may need a moment until it works. */
function bodyOf(own: OwnCluster, url: string): Promise<string> {
  const script = `const end = Date.now() + 10_000;
    const ask = () => fetch(process.argv[1], { signal: AbortSignal.timeout(3000) })
      .then((response) => response.text()).then(console.log)
      .catch((error) => { if (Date.now() > end) throw error; setTimeout(ask, 100); });
    ask();`;
  return scripted(own, script, url);
}

suite("any cluster", () => {
  test("has nodes, and all are ready", async () => {
    const states = await cluster.kubectl([
      "get",
      "nodes",
      "--output",
      'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}',
    ]);
    assert.match(states, /^True( True)*$/);
  });

  test("refuses what is invalid, with the reason", async () => {
    const invalid = documents({ apiVersion: "v1", kind: "Service", metadata: { name: "UPPER", namespace }, spec: {} });
    await assert.rejects(cluster.apply(invalid), /metadata\.name: Invalid value: "UPPER"/);
  });
});

suite("the cluster that the rig starts", { skip: otherCluster() }, () => {
  let own: OwnCluster;
  before(() => {
    assert.ok(cluster.own);
    own = cluster.own;
  });

  test("is of the version that it says", async () => {
    const { serverVersion } = JSON.parse(await cluster.kubectl(["version", "--output", "json"])) as {
      readonly serverVersion: { readonly gitVersion: string };
    };
    assert.equal(serverVersion.gitVersion, versions.kubernetes);
    assert.equal(
      await cluster.kubectl(["get", "nodes", "--output", "jsonpath={.items[*].status.nodeInfo.kubeletVersion}"]),
      versions.kubernetes,
    );
  });

  test("carries HTTP to Pods by their Service's own address and by the load balancer's", async () => {
    await cluster.apply(
      documents(backend("echo"), service("echo", { type: "LoadBalancer", ports: [{ port: 80, targetPort: 3000 }] })),
    );
    await available("echo");
    for (const address of [await addressOf("echo"), await field("service/echo", ".spec.clusterIP")]) {
      const { pod, namespace: of } = JSON.parse(await bodyOf(own, `http://${address}/`)) as Record<string, string>;
      assert.match(pod ?? "", /^echo-/);
      assert.equal(of, namespace);
    }
  });

  test("reads logs and runs commands in containers through the API server", async () => {
    await cluster.apply(
      documents({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "busy", namespace },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            { name: "busy", image: busyboxImage, command: ["/bin/busybox", "sh", "-c", "echo here; sleep 3600"] },
          ],
        },
      }),
    );
    await cluster.kubectl(["wait", "pod/busy", ...inNamespace, "--for=condition=Ready", "--timeout=60s"]);
    assert.equal(await cluster.kubectl(["logs", "busy", ...inNamespace]), "here\n");
    const command = ["exec", "busy", ...inNamespace, "--", "/bin/busybox", "hostname"];
    assert.equal(await cluster.kubectl(command), "busy\n");
  });

  test("carries UDP by the load balancer's address", async () => {
    const ports = [{ port: 53, targetPort: 8080, protocol: "UDP" }];
    await cluster.apply(
      documents(
        backend("echo-udp", { UDP_ECHO_SERVER: "1", UDP_PORT: "8080" }),
        service("echo-udp", { type: "LoadBalancer", ports }),
      ),
    );
    await available("echo-udp");
    const script = `const s = require("node:dgram").createSocket("udp4");
      const ask = () => s.send("hello", 53, "${await addressOf("echo-udp")}");
      s.on("message", (m) => { console.log(String(m)); process.exit(); });
      ask(); setInterval(ask, 200);`;
    assert.match(await scripted(own, script), /hello/);
  });

  test("gives the address that is asked for, refuses one out of its range, and takes back what is free", async () => {
    const ports = [{ port: 80 }];
    const wanted = `${network.loadBalancers}77`;
    await cluster.apply(
      documents(
        service("asks", { type: "LoadBalancer", loadBalancerIP: wanted, ports }),
        service("asks-too-much", { type: "LoadBalancer", loadBalancerIP: "192.0.2.1", ports }),
      ),
    );
    assert.equal(await addressOf("asks"), wanted);
    const events = [
      "get",
      "events",
      ...inNamespace,
      "--field-selector=reason=AddressRefused",
      "--output=jsonpath={.items[*].message}",
    ];
    await until("The refusal", async () => (await cluster.kubectl(events)) !== "", 15_000);
    assert.match(
      await cluster.kubectl(events),
      /^The address 192\.0\.2\.1 cannot be given: this cluster has 10\.200\.1\.1 to /,
    );
    assert.equal(await field("service/asks-too-much", ".status.loadBalancer"), "{}");

    await cluster.apply(documents(service("asks", { type: "ClusterIP", ports })));
    await until("An empty status", async () => (await field("service/asks", ".status.loadBalancer")) === "{}", 15_000);
    await cluster.apply(documents(service("asks-again", { type: "LoadBalancer", loadBalancerIP: wanted, ports })));
    assert.equal(await addressOf("asks-again"), wanted);
  });

  test("shows Pods a certificate that is good for the API server's Service", async () => {
    const script = `const { readFileSync } = require("node:fs");
      const ca = readFileSync("${join(own.state.directory, "keys/ca.crt")}");
      require("node:https").get({ host: process.argv[1], port: Number(process.argv[2]), path: "/livez", ca }, (r) => r.pipe(process.stdout));`;
    const { hostname, port } = new URL(apiServerURL);
    for (const [address, of] of [
      [network.apiService, "443"],
      [hostname, port],
    ]) {
      assert.equal(await scripted(own, script, address ?? "", of ?? ""), "ok");
    }
  });

  test("runs an image that was built from a Dockerfile on a local base", async () => {
    const { programs } = await obtainIngredients();
    const base = (await clusterImages(programs)).find((archive) => archive.includes("image-busybox"));
    const scratch = mkdtempSync(join(tmpdir(), "gatewright-image-test-"));
    try {
      mkdirSync(join(scratch, "context"));
      writeFileSync(join(scratch, "context/said"), "built\n");
      writeFileSync(join(scratch, "Dockerfile"), dockerfile);
      const archive = join(scratch, "image.tar");
      const name = "gatewright.test/built:1";
      const args = { BASE: `oci-archive:${base}`, WHAT: "an argument" };
      await buildImage(
        { dockerfile: join(scratch, "Dockerfile"), context: join(scratch, "context"), args, name },
        archive,
      );
      await own.load(archive);
    } finally {
      rmSync(scratch, { recursive: true });
    }
    await cluster.kubectl(["run", "built", ...inNamespace, "--image=gatewright.test/built:1", "--restart=Never"]);
    await cluster.kubectl([
      "wait",
      "pod/built",
      ...inNamespace,
      "--for=jsonpath={.status.phase}=Succeeded",
      "--timeout=60s",
    ]);
    assert.equal(await cluster.kubectl(["logs", "built", ...inNamespace]), "built\nwith an argument\n");
  });

  test("goes on when its parts were killed, paused and started again", async () => {
    await own.fault("kill", "kubelet");
    await own.fault("kill", "etcd");
    await own.fault("kill", "kube-apiserver");
    await assert.rejects(cluster.kubectl(["get", "nodes"]));
    for (const part of ["etcd", "kube-apiserver", "kubelet"]) await own.fault("start", part);
    assert.match(await cluster.kubectl(["get", "pods", ...inNamespace]), /busy/);

    await own.fault("pause", "kube-apiserver");
    await assert.rejects(cluster.kubectl(["get", "nodes", "--request-timeout=2s"]));
    await own.fault("resume", "kube-apiserver");
    await until(
      "An answer",
      () =>
        cluster.kubectl(["get", "nodes"]).then(
          () => true,
          () => false,
        ),
      30_000,
    );
    await assert.rejects(own.fault("kill", "dns"), /There is no part dns: containerd, etcd, /);
  });
});

/** A Dockerfile with a RUN step, arguments, a copy and a user, as products have. */
const dockerfile = `ARG BASE
FROM \${BASE}
ARG WHAT
COPY said /said
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox echo with $WHAT >>/said"]
USER 65532
ENTRYPOINT ["/bin/busybox", "cat", "/said"]
`;
