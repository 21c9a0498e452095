import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { limits } from "../../../lib/api/parse/limits.ts";
import { directorySource } from "../../../proxy/sources/directory.ts";
import { readText, type TextRead } from "../../../proxy/sources/read-text.ts";

const service = "apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ports: [{ port: 80 }] }\n";
const quick = { streams: true, patienceMs: 100 };

function scratch(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "gatewright-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function pipe(directory: string, name: string): string {
  const path = join(directory, name);
  execFileSync("mkfifo", [path]);
  return path;
}

const messageOf = (read: TextRead) => ("text" in read ? read.text : `${read.finding.code}: ${read.finding.message}`);

test("what is no regular file is refused in words, and nothing waits for it", async (t) => {
  const directory = scratch(t);
  const fifo = pipe(directory, "pipe");
  const socket = join(directory, "socket");
  const server = createServer().listen(socket);
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => server.close());
  symlinkSync(join(directory, "two"), join(directory, "one"));
  symlinkSync(join(directory, "one"), join(directory, "two"));
  const table: readonly (readonly [path: string, said: RegExp, options?: typeof quick])[] = [
    [fifo, /^GW1008: x cannot be read: it is a named pipe, not a file$/],
    [fifo, /^GW1008: x cannot be read: no process writes to this pipe; waited 0\.1 s$/, quick],
    [socket, /^GW1008: x cannot be read: it is a socket or a device/, quick],
    [directory, /^GW1008: x cannot be read: it is a directory$/, quick],
    [join(directory, "one"), /^GW1008: x cannot be read: its symbolic links go round/, quick],
    ["/dev/zero", /^GW1008: x cannot be read: it is a device, not a file$/],
    ["/dev/zero", /^GW1002: The file is too large/, quick],
    ["/dev/null", /^$/, quick],
  ];
  for (const [path, said, options] of table) assert.match(messageOf(await readText(path, "x", options)), said);
});

test("a file whose size says nothing is read to its end", async () => {
  assert.match(messageOf(await readText("/proc/self/status", "x")), /^Name:[\s\S]*\nPid:/);
});

test("a pipe is read to its end, however slowly it is written", async (t) => {
  const path = pipe(scratch(t), "pipe");
  const read = readText(path, "x", quick);
  // A shell has the other end open before the command runs; the writer may take longer than the patience.
  const writer = openSync(path, "w");
  appendFileSync(writer, service.slice(0, 20));
  await new Promise((resolve) => setTimeout(resolve, 300));
  appendFileSync(writer, service.slice(20));
  closeSync(writer);
  assert.equal(messageOf(await read), service);
});

test("a file that grows beyond the limit is refused, and so is one that claims to be larger", async (t) => {
  const directory = scratch(t);
  const file = join(directory, "a.yaml");
  writeFileSync(file, service);
  truncateSync(file, limits.file + 1);
  assert.match(messageOf(await readText(file, "x")), /^GW1002: /);
  truncateSync(file, 0);
  assert.equal(messageOf(await readText(file, "x")), "");
});

test("of a directory only files are read; a pipe in it is an error, and circles of links are passed once", async (t) => {
  const directory = scratch(t);
  writeFileSync(join(directory, "a.yaml"), service);
  pipe(directory, "b.yaml");
  pipe(directory, "c.txt");
  pipe(directory, ".gatewrightignore");
  mkdirSync(join(directory, "below"));
  symlinkSync("..", join(directory, "below/again"));
  const { content } = await directorySource(directory).read();
  assert.deepEqual(
    content.findings.map(({ code, message }) => `${code}: ${message.replace(directory, "DIR")}`),
    ["GW1008: DIR/b.yaml cannot be read: it is a named pipe, not a file"],
  );
  assert.equal(content.declared.length, 1);
});
