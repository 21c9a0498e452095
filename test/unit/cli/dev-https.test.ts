import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "node:tls";
import { keyPairFor } from "../dataplane/tls/key-pairs.ts";
import { ask, dev, scratch } from "./gatewright.ts";

function get(
  url: string,
  servername: string,
): Promise<{ status: number | undefined; location: string | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const options = { servername, headers: { host: servername }, rejectUnauthorized: false, agent: false as const };
    request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, location: response.headers.location, text }));
    })
      .on("error", reject)
      .end();
  });
}

const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec:
  gatewayClassName: c
  listeners: [{ name: https, protocol: HTTPS, port: 443, hostname: acme.io, tls: { certificateRefs: [{ name: acme }] } }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec:
  parentRefs: [{ name: g }]
  rules:
  - { matches: [{ path: { value: /old } }], filters: [{ type: RequestRedirect, requestRedirect: { hostname: new.io } }] }
  - { backendRefs: [{ name: store, port: 80 }] }
`;

test("dev serves an HTTPS listener with the certificate of its Secret, and tells nobody its key", async (t) => {
  const { certificates, key } = keyPairFor(["acme.io"]);
  const file = join(await scratch(t), "a.yaml");
  const indented = (pem: string) => pem.trim().replaceAll("\n", "\n    ");
  await writeFile(
    file,
    `${gateway}---
apiVersion: v1
kind: Secret
metadata: { name: acme }
type: kubernetes.io/tls
stringData:
  tls.crt: |
    ${indented(certificates)}
  tls.key: |
    ${indented(key)}
`,
  );
  const served = await dev(t, [file]);
  const address = served.address("default/g");
  assert.match(address, /^https:\/\/127\.0\.0\.1:\d+$/);
  const { status, text } = await get(`${address}/path`, "acme.io");
  assert.equal(status, 200);
  const echo = JSON.parse(text) as { headers: Record<string, string> };
  assert.equal(echo.headers["x-forwarded-proto"], "https");
  assert.equal(echo.headers["x-forwarded-port"], "443");
  assert.equal((await get(`${address}/old`, "acme.io")).location, "https://new.io/old");
  await assert.rejects(get(address, "nobody.io"));

  const pages = await Promise.all(["config", "metrics", ""].map((path) => ask(`${served.admin}/${path}`)));
  assert.match(pages[1]?.text ?? "", /gatewright_handshake_errors_total\{error="noCertificate"\} 1/);
  const secret = key.split("\n")[1] ?? "";
  const told = [...pages.map((page) => page.text), served.stdout(), served.stderr()].join("\n");
  assert.ok(secret.length > 40 && !told.includes(secret) && !told.includes("PRIVATE KEY"));
});

/** Returns the presented certificate as PEM. */
function presented(url: string, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), servername, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.toString().trim() ?? "");
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

test("dev serves an HTTPS listener whose Secret nobody declares with a certificate of its own, and says so", async (t) => {
  const file = join(await scratch(t), "a.yaml");
  await writeFile(file, gateway);
  const served = await dev(t, [file]);
  assert.equal((await get(`${served.address("default/g")}/path`, "acme.io")).status, 200);
  assert.match(served.stderr(), /GW2213 .*stands in for a Secret that no source declares: default\/acme/s);
  assert.match(served.stderr(), /--certificate default\/acme=CERT\.pem,KEY\.pem/);
  assert.doesNotMatch(served.stderr(), /error/);
  assert.equal(await served.stop(), 0);
  const strict = await dev(t, [file, "--strict"]);
  assert.match(strict.stderr(), /GW2206/);
});

test("dev takes a Secret from PEM files, and their changes", async (t) => {
  const directory = await scratch(t);
  const [file, crt, key] = ["a.yaml", "crt.pem", "key.pem"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  const [first, second] = [keyPairFor(["acme.io"]), keyPairFor(["acme.io"])];
  await Promise.all([writeFile(file, gateway), writeFile(crt, first.certificates), writeFile(key, first.key)]);
  const served = await dev(t, [file, "--certificate", `acme=${crt},${key}`]);
  const address = served.address("default/g");
  assert.equal(await presented(address, "acme.io"), first.certificates.trim());
  await writeFile(crt, second.certificates);
  await served.until("the fault", () => /tls\.key is not the key of the certificate/.test(served.stderr()));
  assert.equal(await presented(address, "acme.io"), first.certificates.trim());
  await writeFile(key, second.key);
  await served.until(
    "the new certificate",
    async () => (await presented(address, "acme.io")) === second.certificates.trim(),
  );
  await rm(key);
  await served.until("the loss", () => /key\.pem cannot be read/.test(served.stderr()));
  assert.equal(await presented(address, "acme.io"), second.certificates.trim());
  assert.ok(!served.stderr().includes("PRIVATE KEY") && !served.stdout().includes("PRIVATE KEY"));
});
