import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ok, rawBackend } from "./harness/backend.ts";
import { startPair, startProxy } from "./harness/setup.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

const post = (fields: string, body: string) => `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${body}`;

/** What a backend sends and what the client of HTTP/1.1 sees of it. */
const responses: readonly (readonly [string, string, { body: string; fields?: Record<string, string | undefined> }])[] =
  [
    ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", { body: "abc", fields: { "content-length": "3" } }],
    [
      "a length of zero",
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      { body: "", fields: { "content-length": "0" } },
    ],
    [
      "chunks",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
      { body: "abcde", fields: { "transfer-encoding": "chunked", "content-length": undefined } },
    ],
    [
      "204 with a length",
      "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n",
      { body: "", fields: { "content-length": undefined } },
    ],
    [
      "304 with a length",
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n",
      { body: "", fields: { "content-length": "3" } },
    ],
    ["a status without phrase", "HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc", { body: "abc" }],
    ["an unknown status", "HTTP/1.1 299 Odd\r\nContent-Length: 3\r\n\r\nabc", { body: "abc" }],
  ];

for (const [what, bytes, expected] of responses) {
  test(`a response with ${what} passes`, async (t) => {
    const { backend, port } = await startPair(t, () => bytes);
    const connection = await dial(port);
    // Twice: the first must leave the client's connection fit for the second, and the endpoint's if its end is certain.
    for (let i = 0; i < 2; i++) {
      connection.send(get("/"));
      const response = await connection.message();
      assert.equal(response.status, Number(bytes.slice(9, 12)));
      assert.equal(response.body, expected.body);
      for (const [name, value] of Object.entries(expected.fields ?? {}))
        assert.equal(response.headers[name], value, name);
    }
    assert.equal(backend.connections.length, what === "204 with a length" ? 2 : 1);
    connection.close();
  });
}

test("a body that ends with its connection is chunked for the client, whose connection goes on", async (t) => {
  const { backend, port } = await startPair(t, (_request, connection) => {
    connection.socket.end("HTTP/1.0 200 OK\r\n\r\nuntil the end");
    return undefined;
  });
  const connection = await dial(port);
  for (let i = 0; i < 2; i++) {
    connection.send(get("/"));
    const response = await connection.message();
    assert.equal(response.line, "HTTP/1.1 200 OK");
    assert.equal(response.headers["transfer-encoding"], "chunked");
    assert.equal(response.body, "until the end");
  }
  assert.equal(backend.connections.length, 2);
  connection.close();
});

test("a response to HEAD has the fields of GET and no body", async (t) => {
  const { backend, port } = await startPair(t, ({ line }) =>
    line.startsWith("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" : ok(),
  );
  const connection = await dial(port);
  connection.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  const response = await connection.message({ bodiless: true });
  assert.equal(response.headers["content-length"], "1000");
  connection.send(get("/"));
  assert.equal((await connection.message()).body, "ok");
  assert.equal(backend.connections.length, 1);
  connection.send("HEAD http://a/%00 HTTP/1.1\r\nHost: a\r\n\r\n");
  const refused = await connection.message({ bodiless: true });
  assert.equal(refused.status, 400);
  assert.equal(await connection.end(), "");
});

test("trailers pass both ways, except those that no recipient may take from there", async (t) => {
  const { backend, port } = await startPair(
    t,
    () =>
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nGrpc-Status: 0\r\nSet-Cookie: a=b\r\nX-Empty:\r\n\r\n",
  );
  const sent = post(
    "Transfer-Encoding: chunked\r\nTE: trailers, gzip\r\nTrailer: Checksum",
    "3\r\nabc\r\n0\r\nChecksum: 12\r\nHost: evil\r\nAuthorization: x\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
  );
  const response = await exchange(port, sent);
  assert.deepEqual(response.trailers, ["Grpc-Status: 0", "X-Empty: "]);
  const [request] = backend.requests;
  assert.deepEqual(request?.trailers, ["Checksum: 12"]);
  assert.equal(request?.body, "abc");
  assert.equal(request?.headers.te, "trailers");
  assert.equal(request?.headers.trailer, "Checksum");
});

test("interim responses pass to HTTP/1.1 and not to HTTP/1.0", async (t) => {
  const { port } = await startPair(
    t,
    () => `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${ok()}`,
  );
  const connection = await dial(port);
  connection.send(get("/"));
  const hints = await connection.message();
  assert.equal(hints.line, "HTTP/1.1 103 Early Hints");
  assert.equal(hints.headers.link, "</a.css>");
  assert.equal((await connection.message()).status, 102);
  assert.equal((await connection.message()).body, "ok");
  connection.close();
  const old = await exchange(port, "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
  assert.equal(old.status, 200);
});

test("a client that waits for 100-continue hears it from the backend, then sends its body", async (t) => {
  const seen: string[] = [];
  const backend = await rawBackend((connection) => {
    connection.socket.on("data", (chunk: Buffer) => {
      seen.push(chunk.toString("latin1"));
      if (seen.length === 1) connection.send("HTTP/1.1 100 Continue\r\n\r\n");
      else connection.send(ok("thanks"));
    });
  });
  t.after(() => backend.close());
  const { port } = await startProxy(t, { endpoints: { main: backend.port } });
  const connection = await dial(port);
  connection.send(post("Content-Length: 4\r\nExpect: 100-continue", ""));
  assert.equal((await connection.message()).status, 100);
  connection.send("body");
  assert.equal((await connection.message()).body, "thanks");
  assert.match(seen[0] ?? "", /\r\nExpect: 100-continue\r\n/);
  assert.equal(seen[1], "body");
  connection.send(get("/"));
  assert.equal((await connection.message()).status, 200);
  connection.close();
});

test("a client whose expectation is turned down loses its connection, since its body may come or not", async (t) => {
  const backend = await rawBackend((connection) => {
    connection.socket.once("data", () => connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"));
  });
  t.after(() => backend.close());
  const { port } = await startProxy(t, { endpoints: { main: backend.port } });
  const connection = await dial(port);
  connection.send(post("Content-Length: 4\r\nExpect: 100-continue", ""));
  const response = await connection.message();
  assert.equal(response.status, 403);
  assert.equal(response.headers.connection, "close");
  await connection.end();
});

test("HTTP/1.0 has no 100-continue to expect", async (t) => {
  const { backend, port } = await startPair(t);
  await exchange(port, "POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi");
  assert.equal(backend.requests[0]?.headers.expect, undefined);
  assert.equal(backend.requests[0]?.body, "hi");
});

test("a small body that nobody reads does not cost the connection, a large one does", async (t) => {
  const { port } = await startProxy(t, {
    rules: [{ path: { type: "Exact", value: "/only" } }],
    endpoints: { main: 1 },
  });
  const small = await dial(port);
  small.send(post("Content-Length: 1000", "x".repeat(400)));
  assert.equal((await small.message()).status, 404);
  small.send("x".repeat(600) + get("/"));
  assert.equal((await small.message()).status, 404);
  small.close();
  const large = await dial(port);
  large.send(post("Content-Length: 10000000", "x"));
  assert.equal((await large.message()).status, 404);
  await large.end();
  const chunked = await dial(port);
  chunked.send(post("Transfer-Encoding: chunked", "1\r\nx\r\n"));
  assert.equal((await chunked.message()).status, 404);
  await chunked.end();
});

/** Responses that are cut or against the protocol: the client must see a failure, never a shorter body. */
const broken: readonly (readonly [string, string, number | "cut"])[] = [
  ["closes at once", "", 502],
  ["closes in its head", "HTTP/1.1 200 OK\r\nContent-", 502],
  ["closes in its body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "cut"],
  ["closes in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf", "cut"],
  ["closes before the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "cut"],
  ["sends a chunk that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "cut"],
  ["speaks something else", "SSH-2.0-OpenSSH\r\n", 502],
  ["speaks HTTP/2.0", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", 502],
  [
    "sends a length and chunks",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    502,
  ],
  ["sends two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 502],
  ["sends another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc", 502],
  ["sends chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 502],
  ["folds a field", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n", 502],
  ["sends bare LFs", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", 502],
  ["has an escape character in its reason phrase", "HTTP/1.1 200 O\x1bK\r\nContent-Length: 0\r\n\r\n", 502],
  ["has DEL in its reason phrase", "HTTP/1.1 200 \x7f\r\nContent-Length: 0\r\n\r\n", 502],
  ["switches protocols unasked", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 502],
  ["sends too large a head", `HTTP/1.1 200 OK\r\nA: ${"a".repeat(70_000)}\r\n\r\n`, 502],
  ["sends endless interim responses", "HTTP/1.1 102 Processing\r\n\r\n".repeat(100), 502],
  [
    "sends endless chunk extensions",
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${"a".repeat(20_000)}\r\nx\r\n`,
    "cut",
  ],
];

for (const [what, bytes, expected] of broken) {
  for (const version of ["HTTP/1.1", "HTTP/1.0"]) {
    test(`a backend that ${what} shows to ${version}`, async (t) => {
      const backend = await rawBackend((connection) => {
        connection.socket.once("data", () => connection.socket.end(bytes, "latin1"));
      });
      t.after(() => backend.close());
      const { port } = await startProxy(t, { endpoints: { main: backend.port } });
      const connection = await dial(port);
      connection.send(`POST / ${version}\r\nHost: a\r\nContent-Length: 0\r\n\r\n`);
      if (expected === "cut") {
        await connection.end();
        assert.ok(connection.reset, "the connection must be reset");
        return;
      }
      let response = await connection.message();
      while (response.status < 200) response = await connection.message();
      assert.equal(response.status, expected);
      connection.close();
    });
  }
}

test("what follows a response on the backend's connection is never taken for the next one", async (t) => {
  const { backend, port } = await startPair(
    t,
    ({ line }) => `${ok(line)}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`,
  );
  const connection = await dial(port);
  for (const target of ["/1", "/2", "/3"]) {
    connection.send(get(target));
    assert.equal((await connection.message()).body, `GET ${target} HTTP/1.1`);
  }
  assert.equal(backend.connections.length, 3);
  connection.close();
});

test("large bodies come through whole, both ways at once, sized and chunked", async (t) => {
  const server = createServer((request, response) => {
    const hash = createHash("sha256");
    request.on("data", (chunk: Buffer) => hash.update(chunk));
    request.pipe(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = await startProxy(t, { endpoints: { main: (server.address() as AddressInfo).port } });
  const body = randomBytes(5_000_000);
  for (const sized of [true, false]) {
    const headers: Record<string, string> = sized ? { "content-length": String(body.length) } : {};
    const request = httpRequest({ port, host: "127.0.0.1", method: "POST", headers, agent: false });
    for (let at = 0; at < body.length; at += 300_000) request.write(body.subarray(at, at + 300_000));
    request.end();
    const [response] = (await once(request, "response")) as [AsyncIterable<Buffer>];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    assert.ok(Buffer.concat(chunks).equals(body));
  }
});

test("a fast backend waits for a slow client, and the proxy holds little of what lies between", async (t) => {
  const size = 200_000_000;
  let written = 0;
  const backend = await rawBackend((connection) => {
    connection.socket.once("data", () => {
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      const piece = Buffer.alloc(1_000_000, "x");
      const more = () => {
        while (written < size && !connection.socket.destroyed) {
          written += piece.length;
          if (!connection.socket.write(piece)) return;
        }
      };
      connection.socket.on("drain", more);
      more();
    });
  });
  t.after(() => backend.close());
  const { port } = await startProxy(t, { endpoints: { main: backend.port } });
  const connection = await dial(port);
  connection.send(get("/"));
  connection.socket.pause();
  await sleep(400);
  const held = written;
  await sleep(200);
  // What the kernel's buffers take is the kernel's affair; it must stop, and far below the whole.
  assert.equal(written, held);
  assert.ok(held < size / 4, `${held} bytes were taken from the backend`);
  let received = 0;
  connection.socket.removeAllListeners("data");
  connection.socket.on("data", (chunk: Buffer) => {
    received += chunk.length;
  });
  connection.socket.resume();
  await eventually(() => received >= size, "the whole body", 20_000);
  connection.close();
});

test("a fast client waits for a slow backend", async (t) => {
  const size = 200_000_000;
  let paused: (() => void) | undefined;
  let received = 0;
  const backend = await rawBackend((connection) => {
    connection.socket.removeAllListeners("data");
    connection.socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (received > size) connection.send(ok());
    });
    connection.socket.pause();
    paused = () => connection.socket.resume();
  });
  t.after(() => backend.close());
  const { port } = await startProxy(t, { endpoints: { main: backend.port } });
  const connection = await dial(port);
  connection.send(post(`Content-Length: ${size}`, ""));
  const piece = Buffer.alloc(1_000_000, "x");
  let sent = 0;
  const more = () => {
    while (sent < size) {
      sent += piece.length;
      if (!connection.socket.write(piece)) return;
    }
  };
  connection.socket.on("drain", more);
  more();
  await sleep(400);
  const held = sent;
  await sleep(200);
  assert.equal(sent, held);
  assert.ok(held < size / 4, `${held} bytes were taken from the client`);
  paused?.();
  assert.equal(
    (await connection.until(() => (received > size ? connection.message() : undefined), "the end", 20_000)).status,
    200,
  );
  connection.close();
});

test("a response that comes before the request is complete passes, and the rest of the body is not mistaken", async (t) => {
  const { backend, port } = await startPair(t);
  const raw = await rawBackend((connection) => {
    connection.socket.once("data", () =>
      connection.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno"),
    );
  });
  t.after(() => raw.close());
  const { port: early } = await startProxy(t, { endpoints: { main: raw.port } });
  const connection = await dial(early);
  connection.send(post("Content-Length: 5000000", "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"));
  assert.equal((await connection.message()).status, 413);
  connection.send("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal(await connection.end(), "");
  assert.equal(backend.requests.length, 0);
  assert.ok(port);
});
