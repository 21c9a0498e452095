import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, suite, test } from "node:test";
import { issueCertificate } from "../../../proxy/control/issue-certificate.ts";
import type { KeyPair } from "../../../proxy/dataplane/tls/key-pairs.ts";
import { type Answered, ask, askOften } from "./ask.ts";
import { type Cluster, type OwnCluster, otherCluster } from "./cluster.ts";
import { assertNothingLost, underLoad } from "./load.ts";
import { closeShop, openShop } from "./open-shop.ts";
import { echoBasicImage } from "./rig/images/cluster-images.ts";
import { sleep, until } from "./rig/run.ts";
import type { Shop } from "./shop.ts";

const authority = (commonName: string) => issueCertificate({ commonName, authority: true });
const [first, second] = [authority("first"), authority("second")];
const serverName = "secure.test";
const server = issueCertificate({ commonName: serverName, names: [serverName], issuer: first });
const own = { name: "shown", pair: issueCertificate({ commonName: "gateway", issuer: first }) };

const patience = 20_000;

suite("a Service that a BackendTLSPolicy is for", { skip: otherCluster() }, () => {
  let cluster: Cluster;
  let inside: OwnCluster;
  let shop: Shop;
  let url: string;
  before(async () => {
    ({ cluster, own: inside, shop, url } = await openShop("backend-tls"));
    await shop.apply(secret("server", server), secret(own.name, own.pair), authorities(first));
    await shop.apply(...secureBackend(), policy(), shop.route("1", { backend: "secure", port: 443 }));
    await shop.rolledOut("secure");
    await everyAnswer("answers over TLS", isServed);
  });
  after(() => closeShop(cluster, shop));

  test("is reached by TLS, by the name that the policy says, without a certificate of the Gateway's own", async () => {
    const { upstream } = await ask(inside, url);
    assert.deepEqual(upstream?.serverName, serverName);
    assert.deepEqual(upstream?.peerCertificates ?? [], []);
    await condition("Accepted", "True Accepted");
    await condition("ResolvedRefs", "True ResolvedRefs");
  });

  test("is shown the Gateway's certificate once it has one", async () => {
    const clientCertificateRef = { name: own.name };
    const gateway = shop.gateway() as { readonly spec: object };
    await shop.apply({ ...gateway, spec: { ...gateway.spec, tls: { backend: { clientCertificateRef } } } });
    const { fingerprint256 } = new X509Certificate(own.pair.certificates);
    await everyAnswer("the Gateway's certificate", ({ upstream }) =>
      (upstream?.peerCertificates ?? []).some((pem) => new X509Certificate(pem).fingerprint256 === fingerprint256),
    );
  });

  test("is trusted by a second authority without losing a request, and not without its own", async () => {
    const report = await underLoad(inside, url, async () => {
      await shop.apply(authorities(second, first));
      await sleep(2_000);
      await shop.apply(authorities(first));
      await sleep(2_000);
    });
    assertNothingLost(report);
    await shop.apply(authorities(second));
    await everyAnswer("nothing to be sent", isRefused);
    await condition("Accepted", "True Accepted");
    await shop.apply(authorities(first));
    await everyAnswer("answers again", isServed);
  });

  test("gets nothing while the policy has no authority that can be read, and the policy says why", async () => {
    await shop.apply({ ...authorities(), data: { "ca.crt": "no certificate" } });
    await condition("Accepted", "False NoValidCACertificate");
    await condition("ResolvedRefs", "False InvalidCACertificateRef");
    await everyAnswer("nothing to be sent", isRefused);
    await shop.apply(authorities(first));
    await condition("Accepted", "True Accepted");
    await everyAnswer("answers again", isServed);
  });

  /** Waits until both proxies answer like this on ten connections. */
  function everyAnswer(what: string, holds: (answer: Answered) => boolean) {
    return until(what, async () => (await askOften(inside, url, 10)).every(holds), patience);
  }

  async function condition(type: string, expected: string): Promise<void> {
    const path = `.status.ancestors[?(@.ancestorRef.name=="gate")].conditions[?(@.type=="${type}")]`;
    const of = (field: string) => shop.field("backendtlspolicy/secure", `${path}.${field}`);
    await until(
      `${type} ${expected}`,
      async () => `${await of("status")} ${await of("reason")}` === expected,
      patience,
    );
  }

  function named(apiVersion: string, kind: string, name: string) {
    return { apiVersion, kind, metadata: { name, namespace: shop.namespace } };
  }

  function secret(name: string, { certificates, key }: KeyPair): object {
    const stringData = { "tls.crt": certificates, "tls.key": key };
    return { ...named("v1", "Secret", name), type: "kubernetes.io/tls", stringData };
  }

  function authorities(...trusted: readonly KeyPair[]) {
    const data = { "ca.crt": trusted.map(({ certificates }) => certificates).join("") };
    return { ...named("v1", "ConfigMap", "authorities"), data };
  }

  function policy(): object {
    const spec = {
      targetRefs: [{ group: "", kind: "Service", name: "secure" }],
      validation: { hostname: serverName, caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "authorities" }] },
    };
    return { ...named("gateway.networking.k8s.io/v1", "BackendTLSPolicy", "secure"), spec };
  }

  /** The suite's backend, which requests a certificate and accepts one of the first authority or none. */
  function secureBackend(): readonly object[] {
    const labels = { app: "secure" };
    const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    const container = {
      name: "echo",
      image: echoBasicImage,
      env: [
        field("POD_NAME", "metadata.name"),
        field("NAMESPACE", "metadata.namespace"),
        { name: "TLS_SERVER_CERT", value: "/certificate/tls.crt" },
        { name: "TLS_SERVER_PRIVKEY", value: "/certificate/tls.key" },
        { name: "TLS_CLIENT_CACERTS", value: "/authority/ca.crt" },
      ],
      readinessProbe: { tcpSocket: { port: 8443 }, periodSeconds: 1 },
      volumeMounts: [
        { name: "certificate", mountPath: "/certificate" },
        { name: "authority", mountPath: "/authority" },
      ],
    };
    const volumes = [
      { name: "certificate", secret: { secretName: "server" } },
      { name: "authority", configMap: { name: "clients" } },
    ];
    const template = { metadata: { labels }, spec: { containers: [container], volumes } };
    return [
      { ...named("v1", "ConfigMap", "clients"), data: { "ca.crt": first.certificates } },
      {
        ...named("apps/v1", "Deployment", "secure"),
        spec: { replicas: 1, selector: { matchLabels: labels }, template },
      },
      { ...named("v1", "Service", "secure"), spec: { selector: labels, ports: [{ port: 443, targetPort: 8443 }] } },
    ];
  }
});

function isServed({ status, upstream }: Answered): boolean {
  return status === 200 && upstream !== undefined;
}

function isRefused({ status }: Answered): boolean {
  return status >= 500;
}
