import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { HttpDataPlane } from "../../../proxy/dataplane/proxy.ts";
import { Backend } from "./harness/backend.ts";
import { modifier, snapshot } from "./harness/configuration.ts";
import { dial, eventually, type Message, type RawConnection } from "./harness/wire.ts";

/**
 * A backend receives what the client sent, and the client what the backend sent, except for documented changes. The
 * proxy's parser is compared with a parser of a few lines (harness/wire.ts).
 */

const proxy = new HttpDataPlane();
const plainPort = { port: 0 };
const modifiedPort = { port: 0 };
let answer = "";
const backend = new Backend(() => answer);

before(async () => {
  await backend.listen();
  const endpoints = { main: backend.port };
  const changes = { set: { "x-none": "1" }, remove: ["x-none"] };
  const filters = [modifier("RequestHeaderModifier", changes), modifier("ResponseHeaderModifier", changes)];
  const base = snapshot({ endpoints });
  const other = snapshot({ rules: [{ filters }], endpoints });
  const gateway = { namespace: "edge", name: "modified" };
  const [plain, modified] = await proxy.apply({
    gateways: [...base.gateways, ...other.gateways.map((ir) => ({ ...ir, gateway }))],
    sockets: [...base.sockets, ...other.sockets.map((socket) => ({ ...socket, gateway }))],
    endpoints: base.endpoints,
  });
  plainPort.port = plain?.localPort ?? 0;
  modifiedPort.port = modified?.localPort ?? 0;
});

after(async () => {
  await proxy.close();
  backend.close();
});

const tokenCharacter = fc.constantFrom(
  ..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~",
);
const special = new Set([
  ...["host", "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"],
  ...[
    "content-length",
    "expect",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-host",
    "x-forwarded-port",
    "forwarded",
    "x-request-id",
    "date",
  ],
]);
const name = fc
  .string({ unit: tokenCharacter, minLength: 1, maxLength: 20 })
  .filter((text) => !special.has(text.toLowerCase()) && text.toLowerCase() !== "x-none" && text !== "__proto__");
const valueCharacter = fc
  .integer({ min: 0x20, max: 0xff })
  .filter((c) => c !== 0x7f)
  .map((c) => String.fromCharCode(c));
const value = fc.string({ unit: valueCharacter, maxLength: 40 });
const field = fc
  .tuple(name, fc.constantFrom("", " ", "\t", "  "), value)
  .map(([key, gap, text]) => `${key}:${gap}${text}`);
const segment = fc.string({ unit: fc.constantFrom(..."abcXYZ019-_~!$&'()*+,;=:@"), maxLength: 8 });
const target = fc
  .tuple(fc.array(segment, { maxLength: 5 }), fc.option(segment, { nil: undefined }))
  .map(([segments, query]) => `/${segments.join("/")}${query === undefined || query === "" ? "" : `?${query}`}`);
const body = fc.string({ unit: fc.integer({ min: 0, max: 0xff }).map((c) => String.fromCharCode(c)), maxLength: 200 });
/** A relative position in a text. fast-check's doubles would mostly be near 0. */
const share = fc.integer({ min: 0, max: 10_000 }).map((n) => n / 10_000);
const framing = fc.constantFrom("length" as const, "chunked" as const, "none" as const);

interface Sent {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly string[];
  readonly framing: "length" | "chunked" | "none";
  readonly body: string;
  /** The relative positions at which the bytes are cut into pieces. */
  readonly cuts: readonly number[];
}

const request: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY", "M-SEARCH"),
  target,
  fields: fc.array(field, { maxLength: 20 }),
  framing,
  body,
  cuts: fc.array(share, { maxLength: 4 }),
});

function framed(line: string, { fields, framing, body }: Omit<Sent, "method" | "target" | "cuts">): string {
  const head = [line, ...fields];
  if (framing === "length") head.push(`Content-Length: ${body.length}`);
  if (framing === "chunked") head.push("Transfer-Encoding: chunked");
  const text = `${head.join("\r\n")}\r\n\r\n`;
  if (framing === "none") return text;
  if (framing === "length") return text + body;
  const half = Math.ceil(body.length / 2);
  const chunk = (part: string) => (part === "" ? "" : `${part.length.toString(16)}\r\n${part}\r\n`);
  return `${text}${chunk(body.slice(0, half))}${chunk(body.slice(half))}0\r\n\r\n`;
}

async function sendInPieces(connection: RawConnection, bytes: string, cuts: readonly number[]): Promise<void> {
  const places = cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b);
  let from = 0;
  for (const place of [...places, bytes.length]) {
    if (place === from) continue;
    connection.send(bytes.slice(from, place));
    from = place;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Returns fields in order, each with its name as sent and its value without surrounding blanks. */
function trimmed(fields: readonly string[]): string[] {
  return fields.map((line) => {
    const colon = line.indexOf(":");
    return `${line.slice(0, colon)}: ${line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "")}`;
  });
}

const own = /^(?:x-forwarded-\w+|x-request-id|content-length|transfer-encoding|date):/i;

function others(message: Message | undefined): string[] {
  return trimmed((message?.fields ?? []).filter((line) => !own.test(line)));
}

for (const [what, at] of [
  ["as it is", plainPort],
  ["through modifiers that change nothing", modifiedPort],
] as const) {
  test(`a request and its response pass ${what}`, async () => {
    const connection = await dial(at.port);
    const responseArbitrary = fc.record({ fields: fc.array(field, { maxLength: 20 }), framing, body });
    await fc.assert(
      fc.asyncProperty(request, responseArbitrary, async (sent, response) => {
        const told = response.framing === "none" ? { ...response, framing: "length" as const } : response;
        answer = framed("HTTP/1.1 200 Fine by me", told);
        const bytes = framed(`${sent.method} ${sent.target} HTTP/1.1`, {
          ...sent,
          fields: ["Host: acme.io", ...sent.fields],
        });
        await sendInPieces(connection, bytes, sent.cuts);
        const received = await connection.message();
        const seen = backend.requests.at(-1);
        assert.equal(seen?.line, `${sent.method} ${sent.target} HTTP/1.1`);
        assert.deepEqual(others(seen), trimmed(["Host: acme.io", ...sent.fields]));
        assert.equal(seen?.body, sent.framing === "none" ? "" : sent.body);
        assert.equal(received.line, "HTTP/1.1 200 Fine by me");
        assert.deepEqual(others(received), trimmed(response.fields));
        assert.equal(received.body, response.body);
        backend.requests.length = 0;
      }),
      { numRuns: 300 },
    );
    connection.close();
  });
}

test("bytes that are changed at random never bring a backend anything but whole requests", async () => {
  const fragment = fc.constantFrom(
    "\r\n",
    "\n",
    "\r",
    "\0",
    " ",
    "\t",
    ":",
    ",",
    ";",
    "chunked",
    "Content-Length: 3\r\n",
    "0\r\n\r\n",
  );
  const change = fc.tuple(share, fc.nat(6), fragment);
  answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(request, fc.array(change, { minLength: 1, maxLength: 3 }), async (sent, changes) => {
      let bytes = framed(`${sent.method} ${sent.target} HTTP/1.1`, {
        ...sent,
        fields: ["Host: acme.io", ...sent.fields],
      });
      for (const [place, removed, text] of changes) {
        const at = Math.floor(place * bytes.length);
        bytes = bytes.slice(0, at) + text + bytes.slice(at + removed);
      }
      backend.requests.length = 0;
      const connection = await dial(plainPort.port);
      connection.socket.end(Buffer.from(bytes, "latin1"));
      await connection.end();
      connection.close();
      for (const seen of backend.requests) {
        assert.match(seen.line, /^[A-Z-]+ (?:\/|\*)\S* HTTP\/1\.1$/);
        for (const line of seen.fields) assert.match(line, /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*$/);
        const lengths = seen.fields.filter((line) => /^content-length:/i.test(line));
        const codings = seen.fields.filter((line) => /^transfer-encoding:/i.test(line));
        assert.ok(lengths.length + codings.length <= 1, seen.fields.join("\n"));
        assert.equal(seen.fields.filter((line) => /^host:/i.test(line)).length, 1);
      }
      // After the requests that the backend parsed, no byte is left, unless the client has cut its request short: then
      // the backend's connection ends.
      const settled = () => backend.connections.every(({ received, ended }) => received === "" || ended);
      await eventually(settled, "the backend's connections to be empty or ended");
      whole += backend.requests.length;
    }),
    { numRuns: 500 },
  );
  assert.ok(whole > 20, `only ${whole} requests came through`);
});
