import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmod, symlink, truncate } from "node:fs/promises";
import { Readable } from "node:stream";
import { test } from "node:test";
import type { SourceContent } from "../../../lib/api/load/sources.ts";
import { openSources } from "../../../proxy/sources/open.ts";
import { objectsOf, service, workspace } from "./workspace.ts";

const at = workspace();

async function read(...args: string[]): Promise<readonly SourceContent[]> {
  return (await openSources(args, { objectsOf, stdin: Readable.from([]) })).current();
}

async function readOne(name: string): Promise<SourceContent> {
  const [content] = await read(at.path(name));
  assert(content !== undefined);
  return content;
}

const names = ({ declared }: SourceContent) => declared.map(({ object }) => object.metadata.name);
const codes = ({ findings }: SourceContent) => findings.map(({ code }) => code);

test("files are read in the order of the arguments, and keep their text for findings", async () => {
  await at.write({
    "one.yaml": service("one"),
    "two.json": JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "two" } }),
  });
  const [two, one] = await read(at.path("two.json"), at.path("one.yaml"));
  assert(one !== undefined && two !== undefined);
  assert.deepEqual([names(two), names(one)], [["two"], ["one"]]);
  assert.equal(one.texts?.get(at.path("one.yaml")), service("one"));
  assert.deepEqual(one.declared[0]?.origin, { file: at.path("one.yaml"), line: 1 });
});

test("a file may have any name", async () => {
  await at.write({ manifest: service("plain") });
  assert.deepEqual(names(await readOne("manifest")), ["plain"]);
});

test("a directory gives its manifests and those of its directories, by path, and nothing else", async () => {
  await at.write({
    "dir/b.yml": service("b"),
    "dir/a.yaml": service("a"),
    "dir/c.JSON": JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "c" } }),
    "dir/sub/d.yaml": service("d"),
    "dir/README.md": "not a manifest",
    "dir/.hidden/x.yaml": "a: [",
    "dir/.x.yaml.swp": "a: [",
    "dir/node_modules/x/y.yaml": "a: [",
  });
  const content = await readOne("dir");
  assert.deepEqual(codes(content), []);
  assert.deepEqual(names(content), ["a", "b", "c", "d"]);
});

test("a directory without manifests, and one that is empty, are findings", async () => {
  await at.write({ "nothing/README.md": "nothing" });
  const content = await readOne("nothing");
  assert.deepEqual(codes(content), ["GW1008"]);
  assert.match(content.findings[0]?.message ?? "", /holds no manifests/);
});

test("links that go round in circles are followed once", async () => {
  await at.write({ "circle/a.yaml": service("a"), "circle/sub/b.yaml": service("b") });
  await symlink(at.path("circle"), at.path("circle/sub/back"));
  await symlink("loop.yaml", at.path("circle/loop.yaml"));
  const content = await readOne("circle");
  assert.deepEqual(names(content), ["a", "b"]);
  assert.deepEqual(codes(content), ["GW1008"]);
  assert.match(content.findings[0]?.message ?? "", /loop\.yaml.*circle/);
});

test("what does not exist is a finding, and the others are read", async () => {
  await at.write({ "there.yaml": service("there") });
  for (const missing of ["missing.yaml", "missing.ts", "missing/deep.yaml", "there.yaml/below"]) {
    const [content, there] = await read(at.path(missing), at.path("there.yaml"));
    assert(content !== undefined && there !== undefined);
    assert.deepEqual(codes(content), ["GW1008"], missing);
    assert.deepEqual(content.findings[0]?.origin, { file: at.path(missing) });
    assert.deepEqual(names(there), ["there"]);
  }
});

test("what may not be read is a finding", {
  skip: process.getuid?.() === 0 ? "root may read everything" : false,
}, async () => {
  await at.write({ "secret.yaml": service("secret"), "closed/a.yaml": service("a") });
  await chmod(at.path("secret.yaml"), 0);
  await chmod(at.path("closed"), 0);
  for (const name of ["secret.yaml", "closed"]) {
    const content = await readOne(name);
    assert.deepEqual(codes(content), ["GW1008"]);
    assert.match(content.findings[0]?.message ?? "", /permission/);
  }
  await chmod(at.path("closed"), 0o700);
});

test("a file that is too large is refused by its size alone", async () => {
  await at.write({ "huge.yaml": "" });
  await truncate(at.path("huge.yaml"), 100 * 1024 ** 3);
  const start = performance.now();
  const content = await readOne("huge.yaml");
  assert.deepEqual(codes(content), ["GW1002"]);
  assert.equal(content.findings[0]?.given, "102400 MiB");
  assert.ok(performance.now() - start < 1000);
});

test("an endless device is read up to the limit only", { skip: process.platform !== "linux" }, async () => {
  const [content] = await read("/dev/zero");
  assert.deepEqual(
    content?.findings.map(({ code }) => code),
    ["GW1002"],
  );
});

test("what is not UTF-8 is a finding at the first wrong byte", async () => {
  await at.write({
    "latin1.yaml": Buffer.from(`${service("a")}# caf\xe9\n`, "latin1"),
    "utf16.yaml": Buffer.from(`\ufeff${service("a")}`, "utf16le"),
    "binary.yaml": Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 37) % 256)),
  });
  const latin1 = await readOne("latin1.yaml");
  assert.deepEqual(codes(latin1), ["GW1001"]);
  assert.deepEqual(latin1.findings[0]?.origin, { file: at.path("latin1.yaml"), line: 5, column: 6 });
  const utf16 = await readOne("utf16.yaml");
  assert.match(utf16.findings[0]?.message ?? "", /UTF-16/);
  assert.deepEqual(codes(await readOne("binary.yaml")), ["GW1001"]);
});

test("a byte order mark is no part of the text", async () => {
  await at.write({ "bom.yaml": `\ufeff${service("bom")}` });
  const content = await readOne("bom.yaml");
  assert.deepEqual([names(content), codes(content)], [["bom"], []]);
});

test("standard input is a stream of documents, and may be broken off", async () => {
  const piped = await openSources(["-"], { objectsOf, stdin: Readable.from([service("a"), "---\n", service("b")]) });
  assert.deepEqual(piped.current().map(names), [["a", "b"]]);
  assert.deepEqual(piped.current()[0]?.declared[1]?.origin, { file: "-", line: 6 });
  const broken = new Readable({
    read() {
      this.destroy(new Error("the other side is gone"));
    },
  });
  const content = (await openSources(["-"], { objectsOf, stdin: broken })).current()[0];
  assert.deepEqual(
    content?.findings.map(({ code }) => code),
    ["GW1008"],
  );
});

test("a named pipe is read to its end", { skip: process.platform === "win32" }, async () => {
  execFileSync("mkfifo", [at.path("pipe")]);
  const writer = spawn("sh", ["-c", `printf '%s' "$TEXT" > "$PIPE"`], {
    env: { ...process.env, TEXT: service("piped"), PIPE: at.path("pipe") },
  });
  assert.deepEqual(names(await readOne("pipe")), ["piped"]);
  if (writer.exitCode === null) await new Promise((resolve) => writer.once("exit", resolve));
});

test("no arguments are no sources", async () => {
  assert.deepEqual(await read(), []);
});
