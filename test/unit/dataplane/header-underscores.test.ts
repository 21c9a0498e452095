import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { forwardableFields, forwardingFields, framingFields } from "../../../lib/routing/rewrite/headers.ts";
import { modifier } from "./harness/configuration.ts";
import { connectHttp2, request } from "./harness/http2.ts";
import { startBackend, startPair, startProxy } from "./harness/setup.ts";
import { exchange } from "./harness/wire.ts";

const message = (...fields: readonly string[]) =>
  `${["GET / HTTP/1.1", "Host: acme.io", ...fields].join("\r\n")}\r\n\r\n`;

test("names that stand for a field that the proxy writes never reach a backend, and others do", async (t) => {
  const { backend, port } = await startPair(t);
  const aliases = [...framingFields, ...forwardingFields].filter((name) => name.includes("-"));
  const fields = [
    ...aliases.map((name) => `${name.replaceAll("-", "_")}: forged`),
    "X_Forwarded-For: forged",
    "api_key: secret",
    "X-User: a",
  ];
  assert.equal((await exchange(port, message(...fields))).status, 200);
  const headers = backend.requests[0]?.headers;
  assert.equal(JSON.stringify(headers).includes("forged"), false);
  assert.equal(headers?.api_key, "secret");
  assert.equal(headers?.["x-user"], "a");
});

test("they do not where filters write the head, nor over HTTP/2", async (t) => {
  const backend = await startBackend(t);
  const filters = [modifier("RequestHeaderModifier", { set: { "x-a": "1" } })];
  const { port } = await startProxy(t, { rules: [{ filters }], endpoints: { main: backend.port } });
  await exchange(port, message("X_Forwarded_For: forged", "api_key: secret"));
  const session = await connectHttp2(t, port);
  await request(session, { x_request_id: "forged", api_key: "secret" });
  for (const { headers } of backend.requests) {
    assert.equal(JSON.stringify(headers).includes("forged"), false);
    assert.equal(headers.api_key, "secret");
  }
});

test("every spelling of such a name is dropped, on the wire and in the model alike", async (t) => {
  const { backend, port } = await startPair(t);
  const spelling = fc
    .constantFrom("x-forwarded-for", "x-forwarded-proto", "x-request-id", "content-length", "transfer-encoding")
    .chain((name) =>
      fc
        .array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: name.length, maxLength: name.length })
        .map((choices) =>
          [...name]
            .map((c, i) => (c === "-" && choices[i]?.[0] ? "_" : choices[i]?.[1] ? c.toUpperCase() : c))
            .join(""),
        ),
    )
    .filter((name) => name.includes("_"));
  await fc.assert(
    fc.asyncProperty(spelling, async (name) => {
      assert.deepEqual(forwardableFields([name, "forged"]), []);
      await exchange(port, message(`${name}: forged`));
      assert.equal(
        backend.requests.at(-1)?.fields.some((field) => field.includes("forged")),
        false,
      );
    }),
    { numRuns: 50 },
  );
});

test("drop leaves out every field with an underscore, from heads and trailers, and routes see none of them", async (t) => {
  const backend = await startBackend(t);
  const { port } = await startProxy(
    t,
    {
      rules: [{ headers: { x_version: "2" }, backends: { "!NoSuchBackend": 1 } }, {}],
      endpoints: { main: backend.port },
    },
    { headerUnderscores: "drop" },
  );
  const head = ["POST / HTTP/1.1", "Host: acme.io", "x_version: 2", "x-good: 1", "Transfer-Encoding: chunked"];
  const chunked = `${head.join("\r\n")}\r\n\r\n1\r\nx\r\n0\r\nx_t: 1\r\nx-t: 2\r\n\r\n`;
  assert.equal((await exchange(port, chunked)).status, 200);
  const [received] = backend.requests;
  assert.equal(received?.headers.x_version, undefined);
  assert.equal(received?.headers["x-good"], "1");
  assert.deepEqual(received?.trailers, ["x-t: 2"]);
});

test("refuse answers 400 and forwards nothing", async (t) => {
  const { backend, port } = await startPair(t, undefined, { headerUnderscores: "refuse" });
  const { status, body } = await exchange(port, message("x_a: 1"));
  assert.equal(status, 400);
  assert.match(body, /UnderscoredField/);
  assert.equal((await exchange(port, message("x-a: a_b", "cookie: a_b=1"))).status, 200);
  assert.equal(backend.requests.length, 1);
});
