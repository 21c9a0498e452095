import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { credentials, Client as GrpcClient, Server, ServerCredentials, type ServiceError, status } from "@grpc/grpc-js";
import fc from "fast-check";
import { StreamClient } from "../../../../proxy/control/stream/client.ts";
import { readFromProxy, readToProxy } from "../../../../proxy/control/stream/read-messages.ts";
import { StreamServer, type StreamServerOptions } from "../../../../proxy/control/stream/server.ts";
import { configurationService } from "../../../../proxy/control/stream/service.ts";
import { eventually } from "../../dataplane/harness/wire.ts";

const hello = {
  type: "hello",
  version: 1,
  gateway: { namespace: "edge", name: "acme" },
  instance: "acme-0",
  has: { gateway: "abc" },
};
const update = {
  type: "update",
  nonce: 1,
  changed: [{ name: "gateway", hash: "abc", body: "{}" }],
  removed: ["rule/1"],
  complete: true,
};
const answer = { type: "answer", nonce: 1, error: "no", closed: [{ port: 80, message: "EACCES" }] };
const bytesOf = (message: unknown) => Buffer.from(JSON.stringify(message) ?? "");

test("well-formed messages are read as they are, without fields that are not known", () => {
  assert.deepEqual(readFromProxy(bytesOf({ ...hello, later: 1 })), hello);
  assert.deepEqual(readFromProxy(bytesOf(answer)), answer);
  assert.deepEqual(readFromProxy(bytesOf({ type: "answer", nonce: 2 })), { type: "answer", nonce: 2 });
  assert.deepEqual(readToProxy(bytesOf({ ...update, later: 1 })), update);
});

const malformed: readonly (readonly [unknown, string])[] = [
  [null, "the message is null, expected an object"],
  [[], "the message is a list, expected an object"],
  ["hello", 'the message is "hello", expected an object'],
  [{}, "type is missing, expected hello or answer"],
  [{ ...hello, type: "update" }, 'type is "update", expected hello or answer'],
  [{ ...hello, version: 2 }, "version is 2, expected 1"],
  [{ ...hello, gateway: undefined }, "gateway is missing, expected an object"],
  [{ ...hello, gateway: { namespace: "edge" } }, "gateway.name is missing, expected a string"],
  [{ ...hello, gateway: { namespace: "", name: "a" } }, 'gateway.namespace is "", expected 1 to 253 characters'],
  [{ ...hello, instance: 7 }, "instance is 7, expected a string"],
  [{ ...hello, has: null }, "has is null, expected an object"],
  [{ ...hello, has: { gateway: {} } }, "has.gateway is an object, expected a string"],
  [{ ...answer, nonce: "1" }, 'nonce is "1", expected an integer from 1'],
  [{ ...answer, nonce: 0.5 }, "nonce is 0.5, expected an integer from 1"],
  [{ ...answer, error: false }, "error is false, expected a string"],
  [{ ...answer, closed: [null] }, "closed[0] is null, expected an object"],
  [{ ...answer, closed: [{ port: 0, message: "" }] }, "closed[0].port is 0, expected an integer from 1 to 65535"],
];

for (const [message, why] of malformed) {
  test(`a proxy's message is malformed: ${why}`, () => {
    assert.deepEqual(readFromProxy(bytesOf(message)), { type: "malformed", why });
  });
}

for (const [message, why] of [
  [{ ...update, changed: {} }, "changed is an object, expected a list"],
  [{ ...update, changed: [{ name: "gateway", hash: "a" }] }, "changed[0].body is missing, expected a string"],
  [{ ...update, removed: [1] }, "removed is a list, expected a list of strings"],
  [{ ...update, complete: "yes" }, 'complete is "yes", expected true or false'],
] as const) {
  test(`a controller's message is malformed: ${why}`, () => {
    assert.deepEqual(readToProxy(bytesOf(message)), { type: "malformed", why });
  });
}

test("no bytes make a reader throw", () => {
  const shapes = fc.record(
    Object.fromEntries(
      ["type", "version", "gateway", "instance", "has", "nonce", "error", "closed", "changed", "removed"].map(
        (name) => [name, fc.oneof(fc.jsonValue(), fc.constantFrom("hello", "answer", "update", 1, hello.gateway, []))],
      ),
    ),
    { requiredKeys: [] },
  );
  const anything = fc.oneof(fc.uint8Array().map(Buffer.from), fc.json().map(Buffer.from), shapes.map(bytesOf));
  fc.assert(
    fc.property(anything, (bytes) => {
      for (const message of [readFromProxy(bytes), readToProxy(bytes)]) assert.equal(typeof message.type, "string");
    }),
    { numRuns: 2_000 },
  );
});

async function serve(t: TestContext, options: Partial<StreamServerOptions> = {}) {
  const closed: string[] = [];
  const server = new StreamServer({
    address: "127.0.0.1:0",
    credentials: ServerCredentials.createInsecure(),
    authenticate: async () => {},
    onChange: () => {},
    onRefused: () => {},
    onMalformed: (client, why) => closed.push(`${client.replace(/^\S+:\d+/, "client")}: ${why}`),
    ...options,
  });
  const port = await server.listen();
  t.after(() => server.close());
  return { server, port, closed };
}

/**
 * Sends these bytes, each as one message.
 *
 * @returns the error that ends the stream.
 */
async function converse(t: TestContext, port: number, messages: readonly Buffer[]): Promise<ServiceError> {
  const client = new GrpcClient(`127.0.0.1:${port}`, credentials.createInsecure());
  t.after(() => client.close());
  const call = client.makeBidiStreamRequest(
    configurationService.stream.path,
    (bytes: Buffer) => bytes,
    (bytes) => bytes,
  );
  for (const message of messages) call.write(message);
  call.resume();
  return new Promise((resolve) => call.on("error", resolve));
}

for (const [what, messages, why] of [
  ["bytes that are no JSON", [Buffer.from("\u0000{")], 'the message is not JSON: "\\u0000{"'],
  ["a hello without a Gateway", [bytesOf({ ...hello, gateway: 3 })], "gateway is 3, expected an object"],
  ["an answer before the hello", [bytesOf(answer)], "nonce is 1, and no such update was sent"],
  ["an answer to no update", [bytesOf(hello), bytesOf({ type: "answer", nonce: 9 })], "nonce is 9, and no such"],
  ["a second hello", [bytesOf(hello), bytesOf(hello)], "a second hello, expected an answer"],
] as const) {
  test(`${what}: the stream is closed with the reason, and the server goes on`, async (t) => {
    const { server, port, closed } = await serve(t);
    const error = await converse(t, port, messages);
    assert.equal(error.code, status.INVALID_ARGUMENT);
    assert.ok(error.details.startsWith(why), error.details);
    assert.equal(closed.length, 1);
    assert.ok(closed[0]?.endsWith(error.details), closed[0]);
    assert.deepEqual(server.proxies("edge/acme"), []);
    assert.equal((await converse(t, port, [Buffer.from("[]")])).code, status.INVALID_ARGUMENT);
  });
}

test("a stream without a hello is closed after a while", async (t) => {
  const { port, closed } = await serve(t, { helloTimeout: 50 });
  assert.equal((await converse(t, port, [])).code, status.INVALID_ARGUMENT);
  assert.deepEqual(closed, ["client: no hello in 50 ms"]);
});

test("a stream that is closed while its proxy is being admitted is no proxy", async (t) => {
  let admit = () => {};
  const { server, port } = await serve(t, { authenticate: () => new Promise((resolve) => (admit = () => resolve())) });
  await converse(t, port, [bytesOf(hello), Buffer.from("{}")]);
  admit();
  await new Promise(setImmediate);
  assert.deepEqual(server.proxies("edge/acme"), []);
});

test("a controller that sends malformed messages is left, and what is in force stays", async (t) => {
  let streams = 0;
  const server = new Server();
  server.addService(
    { stream: { ...configurationService.stream, responseSerialize: (bytes: Buffer) => bytes } },
    {
      stream: (call: { write(bytes: Buffer): void }) => {
        streams++;
        call.write(
          streams === 1
            ? bytesOf({ ...update, changed: null })
            : bytesOf({ ...update, changed: [{ name: "gateway", hash: "a", body: "{" }] }),
        );
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  t.after(() => server.forceShutdown());
  const failures: string[] = [];
  const client = new StreamClient({
    gateway: hello.gateway,
    instance: "acme-0",
    addresses: async () => [`127.0.0.1:${port}`],
    credentials: async () => credentials.createInsecure(),
    apply: async () => assert.fail("nothing may be applied"),
    onFailure: (_, error) => failures.push(error.message),
    firstBackoff: 5,
    longestBackoff: 20,
  });
  const stop = new AbortController();
  const running = client.run(stop.signal);
  await eventually(() => failures.length > 1, "both streams left");
  stop.abort();
  await running;
  assert.match(failures[0] ?? "", /malformed message: changed is null, expected a list/);
  assert.match(failures[1] ?? "", /the part `gateway` is no JSON/);
});
