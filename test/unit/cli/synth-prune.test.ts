import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { stringify } from "yaml";
import { gatewright, scratch } from "./gatewright.ts";

const route = (name: string, text = "/") => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name, namespace: "shop" },
  spec: { parentRefs: [{ name: "edge" }], rules: [{ matches: [{ path: { type: "PathPrefix", value: text } }] }] },
});
const fileOf = (name: string) => `80-httproute.shop.${name}.yaml`;

async function start(t: TestContext) {
  const cwd = await scratch(t);
  const out = join(cwd, "out");
  const write = (file: string, ...objects: readonly object[]) =>
    writeFile(join(cwd, file), objects.map((object) => stringify(object)).join("---\n"));
  const synth = (...args: readonly string[]) => gatewright(["synth", "-d", "out", ...args], { cwd });
  const prune = (...args: readonly string[]) => synth("--prune", ...args);
  const names = async () => (await readdir(out)).filter((name) => !name.startsWith(".")).sort();
  const records = async () => (await readdir(out)).filter((name) => name.startsWith("."));
  return { cwd, out, write, synth, prune, names, records };
}

test("files of objects that are gone are removed, and said so", async (t) => {
  const { write, prune, names, records } = await start(t);
  await write("shop.yaml", route("a"), route("b"), route("c"));
  assert.equal((await prune("shop.yaml")).code, 0);
  await write("shop.yaml", route("b", "/changed"));
  const { code, stderr } = await prune("shop.yaml");
  assert.equal(code, 0, stderr);
  assert.deepEqual(await names(), [fileOf("b")]);
  assert.match(stderr, /removed out\/80-httproute\.shop\.a\.yaml\nremoved out\/80-httproute\.shop\.c\.yaml/);
  const [record = ""] = await records();
  assert.doesNotMatch(record, /\.(ya?ml|json)$/, "kubectl apply -f DIR reads it otherwise");
});

test("what is not the set's own stays: other files, files of a run without --prune, another set's", async (t) => {
  const { out, write, synth, prune, names } = await start(t);
  await write("a.yaml", route("a1"), route("shared"));
  await write("b.yaml", route("b1"), route("shared"));
  await write("loose.yaml", route("loose"));
  await synth("loose.yaml");
  await writeFile(join(out, fileOf("mine")), "mine");
  await prune("a.yaml");
  await prune("b.yaml");
  await write("a.yaml", route("a2"));
  const { stderr } = await prune("a.yaml");
  assert.deepEqual(await names(), ["a2", "b1", "loose", "mine", "shared"].map(fileOf));
  assert.match(stderr, /removed out\/80-httproute\.shop\.a1\.yaml/);
  await write("b.yaml", route("b1"));
  await prune("b.yaml");
  assert.deepEqual(await names(), ["a2", "b1", "loose", "mine"].map(fileOf));
});

test("a set with a name keeps it when its sources change", async (t) => {
  const { write, prune, names } = await start(t);
  await write("a.yaml", route("a"));
  await write("b.yaml", route("b"));
  await prune("--set", "shop", "a.yaml");
  await prune("--set", "shop", "b.yaml");
  assert.deepEqual(await names(), [fileOf("b")]);
});

test("a file that was edited, replaced by a link or a directory is kept with a note", async (t) => {
  const { cwd, out, write, prune, names } = await start(t);
  const all = ["edited", "linked", "directory", "readonly", "gone", "stays"];
  await write("shop.yaml", ...all.map((name) => route(name)));
  await prune("shop.yaml");
  await writeFile(join(out, fileOf("edited")), `${await readFile(join(out, fileOf("edited")), "utf8")}# mine\n`);
  const target = join(cwd, "target.yaml");
  await writeFile(target, await readFile(join(out, fileOf("linked"))));
  await unlink(join(out, fileOf("linked")));
  await symlink(target, join(out, fileOf("linked")));
  await unlink(join(out, fileOf("directory")));
  await mkdir(join(out, fileOf("directory")));
  await chmod(join(out, fileOf("readonly")), 0o444);
  await rm(join(out, fileOf("gone")));
  await write("shop.yaml", route("stays"));
  const { code, stderr } = await prune("shop.yaml");
  assert.equal(code, 0, stderr);
  assert.deepEqual(await names(), ["directory", "edited", "linked", "stays"].map(fileOf));
  assert.match(stderr, /kept out\/\S+\.edited\.yaml: its object is gone, but it was edited since synth wrote it/);
  assert.match(stderr, /kept out\/\S+\.linked\.yaml: its object is gone, but it is no regular file/);
  assert.match(stderr, /kept out\/\S+\.directory\.yaml/);
  assert.match(stderr, /removed out\/\S+\.readonly\.yaml/);
  assert.ok((await readFile(target, "utf8")).length > 0);
  assert.equal((await prune("shop.yaml")).stderr.includes("kept"), false, "it is said once");
});

for (const [what, tamper] of [
  ["names a file outside", (text: string) => text.replace(/"80-[^"]+"/, '"../victim.yaml"')],
  ["names an absolute path", (text: string) => text.replace(/"80-[^"]+"/, '"/etc/passwd"')],
  ["names another kind of file", (text: string) => text.replace(/"80-[^"]+"/, '"victim.yaml"')],
  ["has no hash", (text: string) => text.replace(/: "[0-9a-f]{64}"/, ": 7")],
  ["is of another version", (text: string) => text.replace('"version": 1', '"version": 2')],
  ["is of another set", (text: string) => text.replace('"set": "shop"', '"set": "other"')],
  ["is no JSON", () => "{"],
  ["is null", () => "null"],
] as const) {
  test(`a record that ${what} removes and writes nothing`, async (t) => {
    const { cwd, out, write, prune, names } = await start(t);
    await write("shop.yaml", route("a"));
    await prune("--set", "shop", "shop.yaml");
    const record = join(out, ".gatewright-synth.shop");
    await writeFile(record, tamper(await readFile(record, "utf8")));
    await writeFile(join(cwd, "victim.yaml"), "victim");
    await write("shop.yaml", route("b"));
    const { code, stderr } = await prune("--set", "shop", "shop.yaml");
    assert.equal(code, 2);
    assert.match(stderr, /is not a record that synth --prune wrote: .*Remove it to begin a new record/);
    assert.deepEqual(await names(), [fileOf("a")]);
    assert.equal(await readFile(join(cwd, "victim.yaml"), "utf8"), "victim");
  });
}

test("an object whose name leads elsewhere is refused, and nothing is written or removed", async (t) => {
  const { write, prune, names } = await start(t);
  await write("shop.yaml", route("a"), route("b"));
  await prune("shop.yaml");
  await write("shop.yaml", route("a"), route("../../victim"));
  assert.equal((await prune("shop.yaml")).code, 1);
  assert.deepEqual(await names(), [fileOf("a"), fileOf("b")]);
});

test("a record that is a link is not followed", async (t) => {
  const { cwd, out, write, prune } = await start(t);
  await mkdir(out);
  await writeFile(join(cwd, "victim"), "victim");
  await symlink(join(cwd, "victim"), join(out, ".gatewright-synth.shop"));
  await write("shop.yaml", route("a"));
  const { code, stderr } = await prune("--set", "shop", "shop.yaml");
  assert.equal(code, 2);
  assert.match(stderr, /no regular file/);
  assert.equal(await readFile(join(cwd, "victim"), "utf8"), "victim");
});

test("sources with errors remove nothing", async (t) => {
  const { write, prune, names } = await start(t);
  await write("shop.yaml", route("a"), route("b"));
  await prune("shop.yaml");
  await write("shop.yaml", { ...route("a"), spec: { rules: 7 } });
  assert.equal((await prune("shop.yaml")).code, 1);
  assert.deepEqual(await names(), [fileOf("a"), fileOf("b")]);
});

for (const [args, expected] of [
  [["synth", "--prune", "x.yaml"], /--prune removes files of a directory; give it with --dir/],
  [["synth", "-d", "out", "--set", "shop", "x.yaml"], /add --prune/],
  [["synth", "-d", "out", "--prune", "--set", "../x", "x.yaml"], /--set "\.\.\/x": expected 1 to 63/],
  [["synth", "-d", "out", "--prune", "--target", "terraform", "x.yaml"], /--prune is for YAML/],
] as const) {
  test(`${args.join(" ")} is a wrong command line`, async (t) => {
    const { code, stderr } = await gatewright(args, { cwd: await scratch(t) });
    assert.equal(code, 2);
    assert.match(stderr, expected);
  });
}
