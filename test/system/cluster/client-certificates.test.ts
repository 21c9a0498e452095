import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { issueCertificate } from "../../../proxy/control/issue-certificate.ts";
import type { KeyPair } from "../../../proxy/dataplane/tls/key-pairs.ts";
import { type Answered, ask, askOften } from "./ask.ts";
import { type Cluster, type OwnCluster, otherCluster } from "./cluster.ts";
import { assertNothingLost, underLoad } from "./load.ts";
import { closeShop, openShop } from "./open-shop.ts";
import { sleep, until } from "./rig/run.ts";
import type { Shop } from "./shop.ts";

const authority = (commonName: string) => issueCertificate({ commonName, authority: true });
const [first, second] = [authority("first"), authority("second")];
const client = (issuer: KeyPair) => issueCertificate({ commonName: "client", issuer });
const [old, renewed] = [client(first), client(second)];

/** Milliseconds to wait. Proxies follow the controller within milliseconds, but a busy machine takes longer. */
const patience = 20_000;

suite("a Gateway that validates the certificates of its clients", { skip: otherCluster() }, () => {
  let cluster: Cluster;
  let own: OwnCluster;
  let shop: Shop;
  let url: string;
  before(async () => {
    ({ cluster, own, shop } = await openShop("client-certificates"));
    await shop.apply(authorities(first), validating(), shop.route("1", { parents: ["gate", "validating"] }));
    await shop.programmed("validating");
    await shop.rolledOut("validating-gatewright");
    url = `https://${await shop.address("validating")}/`;
    await everyAnswer("the old certificate to be let in", old, isServed);
  });
  after(() => closeShop(cluster, shop));

  test("lets in who shows a certificate of the authority, and nobody else", async () => {
    for (const stranger of [undefined, renewed, issueCertificate({ commonName: "self-signed" })]) {
      const answers = await askOften(own, url, 4, stranger);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [0, 0, 0, 0],
      );
    }
    assert.equal((await ask(own, `https://${await shop.address()}/`)).status, 200, "the other Gateway asks nobody");
  });

  test("takes a second authority without losing a request, and lets the first one go", async () => {
    const report = await underLoad(
      own,
      url,
      async () => {
        await shop.apply(authorities(first, second));
        await everyAnswer("the new certificate to be let in", renewed, isServed);
        await sleep(1_000);
      },
      old,
    );
    assertNothingLost(report);
    const after = await underLoad(
      own,
      url,
      async () => {
        await shop.apply(authorities(second));
        await everyAnswer("the old certificate to be refused", old, isRefused);
        await sleep(1_000);
      },
      renewed,
    );
    assertNothingLost(after);
  });

  test("is closed to all while its authorities cannot be read, and says why", async () => {
    await shop.apply({ ...authorities(), data: { "ca.crt": "no certificate" } });
    await condition("Accepted", "False NoValidCACertificate");
    await condition("ResolvedRefs", "False InvalidCACertificateRef");
    for (const one of [old, renewed, undefined]) await everyAnswer("nobody to be let in", one, isRefused);
    await shop.kubectl("delete", "configmap", "clients");
    await condition("ResolvedRefs", "False InvalidCACertificateRef");
    await shop.apply(authorities(second));
    await condition("Accepted", "True Accepted");
    await everyAnswer("the new certificate to be let in again", renewed, isServed);
    await everyAnswer("the old certificate to be refused", old, isRefused);
  });

  test("reads authorities from an Opaque Secret as well", async () => {
    const { data, metadata } = authorities(first);
    await shop.apply({ apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", stringData: data });
    await shop.apply(validating("Secret"));
    await everyAnswer("the old certificate to be let in", old, isServed);
    await everyAnswer("the new certificate to be refused", renewed, isRefused);
  });

  /** Waits until both proxies answer like this on ten connections. */
  function everyAnswer(what: string, shown: KeyPair | undefined, holds: (answer: Answered) => boolean) {
    return until(what, async () => (await askOften(own, url, 10, shown)).every(holds), patience);
  }

  async function condition(type: string, expected: string): Promise<void> {
    const path = `.status.listeners[0].conditions[?(@.type=="${type}")]`;
    const read = async () =>
      `${await shop.field("gateway/validating", `${path}.status`)} ${await shop.field("gateway/validating", `${path}.reason`)}`;
    await until(`${type} ${expected}`, async () => (await read()) === expected, patience);
  }

  function authorities(...trusted: readonly KeyPair[]) {
    const data = { "ca.crt": trusted.map(({ certificates }) => certificates).join("") };
    return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "clients", namespace: shop.namespace }, data };
  }

  function validating(kind = "ConfigMap"): object {
    const caCertificateRefs = [{ group: "", kind, name: "clients" }];
    return {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { name: "validating", namespace: shop.namespace },
      spec: {
        gatewayClassName: "gatewright",
        tls: { frontend: { default: { validation: { caCertificateRefs } } } },
        listeners: [
          { name: "https", protocol: "HTTPS", port: 443, tls: { certificateRefs: [{ name: "certificate" }] } },
        ],
      },
    };
  }
});

function isServed({ status }: Answered): boolean {
  return status === 200;
}

function isRefused({ status }: Answered): boolean {
  return status === 0;
}
