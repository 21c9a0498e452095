/** Tests calls between a client and a server of gRPC (@grpc/grpc-js) through the proxy. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Metadata, type ServiceError, type StatusObject, status } from "@grpc/grpc-js";
import { gateway } from "./harness/configuration.ts";
import { grpcSnapshot, StoreClient, startGrpcProxy, startStore } from "./harness/grpc.ts";
import { startHttp2Backend } from "./harness/http2-backend.ts";
import { startProxy, unusedPort } from "./harness/setup.ts";
import { eventually } from "./harness/wire.ts";

/** Returns the status with which a call ends; `once` would reject with its error. */
const end = (call: { on(event: "status", listener: (status: StatusObject) => void): unknown }) =>
  new Promise<status>((resolve) => call.on("status", ({ code }) => resolve(code)));

const failure = async (call: Promise<unknown>): Promise<ServiceError> => {
  try {
    await call;
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error("the call has not failed");
};

test("unary calls carry messages and metadata both ways, and errors with their details", async (context) => {
  const backend = await startStore(context, {
    get(call, done) {
      const [word] = call.metadata.get("x-word");
      if (word === undefined) {
        done({ code: status.NOT_FOUND, details: "no such thing: ü %" });
        return;
      }
      const head = new Metadata();
      head.set("x-head", word);
      head.set("x-bin", Buffer.from([0, 255, 13, 10]));
      call.sendMetadata(head);
      const trailer = new Metadata();
      trailer.set("x-trailer", word);
      done(null, Buffer.concat([call.request, Buffer.from("!")]), trailer);
    },
  });
  const { port } = await startGrpcProxy(context, { endpoints: { main: backend } });
  const client = new StoreClient(context, port);
  const metadata = new Metadata();
  metadata.set("x-word", "hello");
  assert.equal((await client.get(Buffer.from("one"), { metadata })).toString(), "one!");
  assert.equal((await client.get(Buffer.alloc(0), { metadata })).toString(), "!");
  const error = await failure(client.get(Buffer.from("one")));
  assert.deepEqual([error.code, error.details], [status.NOT_FOUND, "no such thing: ü %"]);
});

test("messages of a mebibyte and more pass whole, in both directions", async (context) => {
  const backend = await startStore(context, {
    get: (call, done) => done(null, call.request),
    list(call) {
      for (let i = 0; i < 8; i++) call.write(call.request);
      call.end();
    },
  });
  const { port } = await startGrpcProxy(context, { endpoints: { main: backend } });
  const client = new StoreClient(context, port);
  const large = Buffer.alloc(3 * 1024 * 1024, "abcdefg");
  assert.ok((await client.get(large)).equals(large));
  const mebibyte = large.subarray(0, 1024 * 1024);
  let count = 0;
  for await (const message of client.list(mebibyte)) if (mebibyte.equals(message as Buffer)) count++;
  assert.equal(count, 8);
});

test("a hundred calls at one time share a connection", async (context) => {
  const waiting: (() => void)[] = [];
  const backend = await startStore(context, {
    get(call, done) {
      waiting.push(() => done(null, call.request));
      if (waiting.length === 100) for (const finish of waiting) finish();
    },
  });
  const { proxy, port } = await startGrpcProxy(context, { endpoints: { main: backend } });
  const client = new StoreClient(context, port);
  const calls = Array.from({ length: 100 }, (_, i) => client.get(Buffer.from(String(i))));
  assert.deepEqual(
    (await Promise.all(calls)).map(String),
    Array.from({ length: 100 }, (_, i) => String(i)),
  );
  assert.equal(proxy.stats.gateway(gateway).backends.get("default/main:80")?.requests, 100);
});

test("streams of the client, of the server and of both", async (context) => {
  const backend = await startStore(context, {
    put(call, done) {
      let total = 0;
      call.on("data", (message: Buffer) => {
        total += message.length;
      });
      call.on("end", () => done(null, Buffer.from(String(total))));
    },
    list(call) {
      for (let i = 0; i < 200; i++) call.write(Buffer.from(`${call.request} ${i}`));
      call.end();
    },
    talk(call) {
      call.on("data", (message: Buffer) => call.write(Buffer.from(`re: ${message}`)));
      call.on("end", () => call.end());
    },
  });
  const { port } = await startGrpcProxy(context, { endpoints: { main: backend } });
  const client = new StoreClient(context, port);
  const put = await new Promise<string>((resolve, reject) => {
    const call = client.put((error, value) => (error ? reject(error) : resolve(String(value))));
    for (let i = 0; i < 100; i++) call.write(Buffer.alloc(1_000));
    call.end();
  });
  assert.equal(put, "100000");
  const listed: string[] = [];
  for await (const message of client.list(Buffer.from("no."))) listed.push(String(message));
  assert.deepEqual([listed.length, listed[0], listed[199]], [200, "no. 0", "no. 199"]);
  const talk = client.talk();
  for (const word of ["one", "two", "three"]) {
    talk.write(Buffer.from(word));
    const [message] = await once(talk, "data");
    assert.equal(String(message), `re: ${word}`);
  }
  const ended = end(talk);
  talk.end();
  assert.equal(await ended, status.OK);
});

test("what is not ready is waited for: a call may be quiet on one side, and on both for a while", async (context) => {
  const backend = await startStore(context, {
    talk(call) {
      // The head is sent with the first message, so that waiting for the head of a response does not count.
      const timer = setInterval(() => call.write(Buffer.from("tick")), 400);
      call.on("cancelled", () => clearInterval(timer));
    },
  });
  const short = { responseTimeout: 100, responseIdleTimeout: 100, bodyIdleTimeout: 100, bodyRate: 1_000_000 };
  const { port } = await startGrpcProxy(context, { endpoints: { main: backend } }, { limits: short });
  const call = new StoreClient(context, port).talk();
  call.on("error", () => {});
  for (let i = 0; i < 3; i++) assert.equal(String((await once(call, "data"))[0]), "tick");
  call.cancel();
});

test("a call in which nothing moves fails in the end", async (context) => {
  let cancelled = 0;
  const backend = await startStore(context, {
    get: (call) => call.on("cancelled", () => cancelled++),
    talk(call) {
      call.on("cancelled", () => cancelled++);
      call.write(Buffer.from("first"));
    },
  });
  const { port } = await startGrpcProxy(
    context,
    { endpoints: { main: backend } },
    { limits: { callIdleTimeout: 100 } },
  );
  const client = new StoreClient(context, port);
  const error = await failure(client.get(Buffer.from("x")));
  assert.equal(error.code, status.DEADLINE_EXCEEDED);
  assert.match(error.details, /RequestTimeout/);
  const talk = client.talk();
  const ended = end(talk);
  talk.on("error", () => {});
  assert.equal(String((await once(talk, "data"))[0]), "first");
  assert.equal(await ended, status.INTERNAL);
  await eventually(() => cancelled === 2, "the end of both at the backend");
});

test("a deadline that passes and a call that is cancelled end at the backend as well", async (context) => {
  let cancelled = 0;
  let begun = 0;
  const timeouts: string[] = [];
  const count = (call: { on(event: "cancelled", listener: () => void): unknown }) => {
    begun++;
    call.on("cancelled", () => cancelled++);
  };
  const backend = await startStore(context, {
    get(call) {
      timeouts.push(String(call.getDeadline() instanceof Date || Number.isFinite(call.getDeadline())));
      count(call);
    },
    list: count,
    talk: count,
  });
  const { proxy, port } = await startGrpcProxy(context, { endpoints: { main: backend } });
  const client = new StoreClient(context, port);
  assert.equal((await failure(client.get(Buffer.from("x"), { deadline: 150 }))).code, status.DEADLINE_EXCEEDED);
  assert.deepEqual(timeouts, ["true"]);
  for (const make of [() => client.list(Buffer.from("x")), () => client.talk()]) {
    const before = begun;
    const call = make();
    const ended = end(call);
    call.on("error", () => {});
    call.resume();
    await eventually(() => begun > before, "the call");
    call.cancel();
    assert.equal(await ended, status.CANCELLED);
  }
  await eventually(() => cancelled === 3, "the end of all three at the backend");
  const stats = proxy.stats.gateway(gateway).backends.get("default/main:80");
  await eventually(() => stats?.active === 0, "no request under way");
});

test("a server that answers a stream before its end is heard", async (context) => {
  const backend = await startStore(context, {
    put: (_call, done) => done({ code: status.RESOURCE_EXHAUSTED, details: "enough" }),
  });
  const { port } = await startGrpcProxy(context, { endpoints: { main: backend } });
  const client = new StoreClient(context, port);
  const error = await new Promise<ServiceError | null>((resolve) => {
    const call = client.put((failed) => resolve(failed as ServiceError | null));
    call.on("error", () => {});
    for (let i = 0; i < 20; i++) call.write(Buffer.alloc(100_000));
  });
  assert.deepEqual([error?.code, error?.details], [status.RESOURCE_EXHAUSTED, "enough"]);
});

test("a server that sends faster than its client reads is held up, and memory with it", async (context) => {
  let written = 0;
  const message = Buffer.alloc(64 * 1024);
  const backend = await startStore(context, {
    list(call) {
      const more = (): void => {
        while (written < 300 && !call.cancelled) {
          written++;
          if (!call.write(message)) {
            call.once("drain", more);
            return;
          }
        }
        call.end();
      };
      more();
    },
  });
  const { port } = await startGrpcProxy(context, { endpoints: { main: backend } });
  const call = new StoreClient(context, port).list(Buffer.from("x"));
  await once(call, "data");
  call.pause();
  let before = -1;
  while (written !== before) {
    before = written;
    await sleep(200);
  }
  assert.ok(written < 150, `${written} messages were taken`);
  let rest = 0;
  for await (const each of call) rest += (each as Buffer).length;
  assert.equal(rest, 299 * message.length);
});

test("the proxy answers calls as gRPC does, whatever the kind of route", async (context) => {
  const backend = await startStore(context, { get: (call, done) => done(null, call.request) });
  const rules = [{ path: { type: "Exact", value: "/acme.Store/Get" }, headers: { "x-route": "1" } }] as const;
  const found = new Metadata();
  found.set("x-route", "1");
  const ask = async (port: number, metadata = new Metadata()) =>
    failure(new StoreClient(context, port).get(Buffer.from("x"), { metadata }));

  const unmatched = await startGrpcProxy(context, { rules, endpoints: { main: backend } });
  const noRoute = await ask(unmatched.port);
  assert.deepEqual(
    [noRoute.code, noRoute.details],
    [status.UNIMPLEMENTED, "404 NoRoute: No route matches the request."],
  );

  const nobody = await startGrpcProxy(context, { rules, endpoints: { main: [] } });
  const noEndpoint = await ask(nobody.port, found);
  assert.equal(noEndpoint.code, status.UNAVAILABLE);
  assert.match(noEndpoint.details, /NoEndpoint/);

  const unreachable = await startGrpcProxy(context, { rules, endpoints: { main: await unusedPort() } });
  assert.equal((await ask(unreachable.port, found)).code, status.UNAVAILABLE);

  const slow = await startHttp2Backend(context, () => {});
  const late = await startProxy(context, {
    rules: [{ timeouts: { request: 100 } }],
    endpoints: { main: slow.port },
    backend: { protocol: "h2c" },
  });
  const timeout = await ask(late.port);
  assert.equal(timeout.code, status.DEADLINE_EXCEEDED);
  assert.match(timeout.details, /RequestTimeout/);

  const resetting = await startHttp2Backend(context, (stream) => stream.session?.destroy());
  const reset = await startGrpcProxy(context, { endpoints: { main: resetting.port } });
  assert.equal((await ask(reset.port)).code, status.UNAVAILABLE);
});

test("a server that stops finishes its calls; new ones go to the others", async (context) => {
  const finish: (() => void)[] = [];
  const first = await startStore(context, {
    get: (call, done) => finish.push(() => done(null, call.request)) as never,
  });
  const second = await startStore(context, { get: (_call, done) => done(null, Buffer.from("second")) });
  const { proxy, port } = await startGrpcProxy(context, { endpoints: { main: first } });
  const client = new StoreClient(context, port);
  const slow = client.get(Buffer.from("first"));
  await eventually(() => finish.length === 1, "the call");
  await proxy.apply(grpcSnapshot({ endpoints: { main: second } }));
  assert.equal(String(await client.get(Buffer.from("x"))), "second");
  finish[0]?.();
  assert.equal(String(await slow), "first");
});

test("streams live through changes of routes, and no call is lost", async (context) => {
  const backend = await startStore(context, {
    get: (call, done) => done(null, call.request),
    talk(call) {
      call.on("data", (message: Buffer) => call.write(message));
      call.on("end", () => call.end());
    },
  });
  const { proxy, port } = await startGrpcProxy(context, { endpoints: { main: backend } });
  const client = new StoreClient(context, port);
  const streams = Array.from({ length: 10 }, () => client.talk());
  let over = false;
  let answered = 0;
  const unary = Promise.all(
    Array.from({ length: 5 }, async () => {
      while (!over) {
        await client.get(Buffer.from("x"));
        answered++;
      }
    }),
  );
  for (let i = 0; i < 20; i++) {
    const path = { type: "PathPrefix", value: i % 2 === 0 ? "/" : "/acme.Store" } as const;
    await proxy.apply(grpcSnapshot({ rules: [{ path, id: `rule-${i}` }], endpoints: { main: backend } }));
    for (const stream of streams) {
      stream.write(Buffer.from(String(i)));
      assert.equal(String((await once(stream, "data"))[0]), String(i));
    }
  }
  over = true;
  await unary;
  assert.ok(answered > 20, `${answered} calls`);
  const ends = streams.map(end);
  for (const stream of streams) {
    stream.resume();
    stream.end();
  }
  for (const code of await Promise.all(ends)) assert.equal(code, status.OK);
});
