import assert from "node:assert/strict";
import { request } from "node:http";
import { after, test } from "node:test";
import type { BackendIR } from "../../../lib/routing/ir.ts";
import { type Echo, EchoBackends } from "../../../proxy/control/echo.ts";

const echoes = new EchoBackends();
after(() => echoes.close());

function backend(kind: BackendIR["kind"], name: string): BackendIR {
  return { kind, namespace: "store", name, port: 8080, protocol: "http1" };
}

async function portOf(key: string, ir: BackendIR): Promise<number> {
  const endpoints = await echoes.endpoints(new Map([[key, ir]]));
  const [endpoint] = endpoints.get(key) ?? [];
  assert.equal(endpoint?.address, "127.0.0.1");
  return endpoint.port;
}

function ask(
  port: number,
  options: { path?: string; method?: string; headers?: Record<string, string | string[]>; body?: string },
) {
  return new Promise<{ backend: unknown; status: number | undefined; text: string }>((resolve, reject) => {
    const { path = "/", method = "GET", headers = {}, body } = options;
    const sent = request(
      { host: "127.0.0.1", port, path, method, headers: { ...headers, connection: "close" } },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () =>
          resolve({ backend: response.headers["x-backend"], status: response.statusCode, text }),
        );
      },
    );
    sent.on("error", reject).end(body);
  });
}

test("an echo names its backend and repeats the request", async () => {
  const port = await portOf("store/acme-store:8080", backend("Service", "acme-store"));
  const answer = await ask(port, {
    path: "/a?b=1",
    method: "POST",
    headers: { host: "acme.io", "x-two": ["1", "2"] },
    body: "hello",
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.backend, "store/acme-store:8080");
  const echo = JSON.parse(answer.text) as Echo;
  assert.equal(echo.method, "POST");
  assert.equal(echo.url, "/a?b=1");
  assert.equal(echo.host, "acme.io");
  assert.deepEqual(echo.headers["x-two"], ["1", "2"]);
  assert.equal(echo.body, "hello");
  assert.equal(echo.bodyBytes, 5);
});

test("a ServiceImport's echo goes by its plain name", async () => {
  const port = await portOf("ServiceImport:store/c1:8080", backend("ServiceImport", "c1"));
  assert.equal((await ask(port, {})).backend, "store/c1:8080");
});

test("a backend has one listener for as long as it is named, and HEAD has no body", async () => {
  const one = await portOf("store/x:8080", backend("Service", "x"));
  const two = await portOf("store/x:8080", backend("Service", "x"));
  assert.equal(one, two);
  assert.notEqual(one, await portOf("store/y:8080", backend("Service", "y")));
  assert.equal((await ask(one, { method: "HEAD" })).text, "");
});

test("of a large body the first 64 KiB are repeated and all of it is counted", async () => {
  const port = await portOf("store/x:8080", backend("Service", "x"));
  const echo = JSON.parse((await ask(port, { method: "PUT", body: "a".repeat(200_000) })).text) as Echo;
  assert.equal(echo.bodyBytes, 200_000);
  assert.equal(echo.body.length, 65_536);
});
