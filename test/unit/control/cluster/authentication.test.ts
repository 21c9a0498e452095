import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { Metadata } from "@grpc/grpc-js";
import { authenticate } from "../../../../proxy/control/cluster/authentication.ts";
import { ApiServer } from "../../../../proxy/sources/kubernetes/api-server.ts";

const proxy = { account: "edge/acme-gatewright", instance: "acme-gatewright-1" };
const user = {
  username: "system:serviceaccount:edge:acme-gatewright",
  extra: { "authentication.kubernetes.io/pod-name": ["acme-gatewright-1"] },
};
const good = { authenticated: true, audiences: ["controller"], user };

/** An API server that answers every TokenReview with this status. */
async function reviewing(t: TestContext, status: object): Promise<ApiServer> {
  const api = createServer((request, response) => {
    request.resume();
    response.writeHead(201).end(JSON.stringify({ kind: "TokenReview", status }));
  }).listen(0, "127.0.0.1");
  await once(api, "listening");
  t.after(() => {
    api.close();
    api.closeAllConnections();
  });
  const server = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  return new ApiServer({ server, namespace: "default", authenticate: async () => {} });
}

function shown(token = "secret-token"): Metadata {
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  return metadata;
}

test("a proxy is admitted by the token of its own pod", async (t) => {
  await authenticate(await reviewing(t, good), "controller", shown(), proxy);
});

for (const [what, status, why] of [
  ["that is not accepted", { authenticated: false, error: "expired" }, /expired/],
  ["for another audience", { ...good, audiences: ["other"] }, /another audience/],
  ["of a server that knows no audiences", { ...good, audiences: undefined }, /another audience/],
  [
    "of another account",
    { ...good, user: { ...user, username: "system:serviceaccount:edge:default" } },
    /edge:default/,
  ],
  [
    "of another pod",
    { ...good, user: { ...user, extra: { "authentication.kubernetes.io/pod-name": ["acme-gatewright-2"] } } },
    /of pod acme-gatewright-2/,
  ],
  ["that is bound to no pod", { ...good, user: { ...user, extra: {} } }, /bound to no pod/],
  ["without anything more about its user", { ...good, user: { username: user.username } }, /bound to no pod/],
] as const) {
  test(`a proxy is not admitted by a token ${what}`, async (t) => {
    const server = await reviewing(t, status);
    await assert.rejects(authenticate(server, "controller", shown(), proxy), (error: Error) => {
      assert.match(error.message, why);
      assert.doesNotMatch(error.message, /secret-token/);
      return true;
    });
  });
}

test("a proxy that shows no token is not admitted, and the API server is not asked", async () => {
  const nowhere = new ApiServer({ server: "http://127.0.0.1:9", namespace: "default", authenticate: async () => {} });
  await assert.rejects(authenticate(nowhere, "controller", new Metadata(), proxy), /shows no token/);
});
