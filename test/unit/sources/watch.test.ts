import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFile, mkdir, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import type { SourceContent } from "../../../lib/api/load/sources.ts";
import { openSources } from "../../../proxy/sources/open.ts";
import { objectsOf, service, workspace } from "./workspace.ts";

const at = workspace();
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Starts a watch that records changes, and waits for later ones. */
async function watching(t: TestContext, ...names: string[]) {
  const sources = await openSources(names.map(at.path), { objectsOf, stdin: Readable.from([]) });
  const told: (readonly SourceContent[])[] = [];
  let wake: () => void = () => undefined;
  const watch = sources.watch((contents) => {
    told.push(contents);
    wake();
  });
  t.after(() => watch.close());
  return {
    told,
    watch,
    sources,
    /** Resolves with the first change that fulfils `expected`; fails after two seconds. */
    async until(expected: (...contents: SourceContent[]) => boolean): Promise<readonly SourceContent[]> {
      const deadline = Date.now() + 2000;
      for (let seen = 0; ; ) {
        for (; seen < told.length; seen += 1) {
          const contents = told[seen];
          if (contents !== undefined && expected(...contents)) return contents;
        }
        assert.ok(
          Date.now() < deadline,
          `not told in time; told: ${JSON.stringify(told.map((contents) => contents.map(namesOf)))}`,
        );
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, 50);
        });
      }
    },
  };
}

const namesOf = (content: SourceContent | undefined) =>
  content?.declared.map(({ object }) => object.metadata.name) ?? [];
const holds =
  (...expected: string[]) =>
  (content: SourceContent) =>
    JSON.stringify(namesOf(content)) === JSON.stringify(expected);
const has = (code: string) => (content: SourceContent) => content.findings.some((finding) => finding.code === code);

test("a file that is written is told within milliseconds", async (t) => {
  await at.write({ "quick.yaml": service("a") });
  const { until, sources } = await watching(t, "quick.yaml");
  await pause(50);
  const delays: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    const start = performance.now();
    await at.write({ "quick.yaml": service(`b${round}`) });
    await until(holds(`b${round}`));
    delays.push(performance.now() - start);
    await pause(30);
  }
  delays.sort((a, b) => a - b);
  // Half of the changes have to be this fast, since other tests share the machine.
  assert.ok((delays[4] ?? Number.POSITIVE_INFINITY) < 50, `took ${delays.map(Math.round)} ms`);
  assert.deepEqual(namesOf(sources.current()[0]), ["b8"]);
});

test("a file that is saved by renaming is followed, again and again", async (t) => {
  await at.write({ "renamed.yaml": service("a") });
  const { until } = await watching(t, "renamed.yaml");
  for (const name of ["b", "c", "d"]) {
    await at.write({ "renamed.yaml.tmp": service(name) });
    await rename(at.path("renamed.yaml.tmp"), at.path("renamed.yaml"));
    await until(holds(name));
  }
});

test("an editor that moves the old file away first loses nothing", async (t) => {
  await at.write({ "moved.yaml": service("a") });
  const { until, told } = await watching(t, "moved.yaml");
  await pause(50);
  await rename(at.path("moved.yaml"), at.path("moved.yaml~"));
  await pause(40);
  await at.write({ "moved.yaml": service("b") });
  await until(holds("b"));
  for (const [content] of told) assert.deepEqual(content?.findings, []);
});

test("a file is never told while it is truncated", async (t) => {
  await at.write({ "truncated.yaml": service("a") });
  const { until, told } = await watching(t, "truncated.yaml");
  await pause(50);
  await writeFile(at.path("truncated.yaml"), "");
  await pause(60);
  await writeFile(at.path("truncated.yaml"), service("b"));
  await until(holds("b"));
  for (const [content] of told) assert.notDeepEqual(namesOf(content), []);
});

test("a file that stays empty is believed", async (t) => {
  await at.write({ "emptied.yaml": service("a") });
  const { until } = await watching(t, "emptied.yaml");
  await writeFile(at.path("emptied.yaml"), "");
  await until(holds());
});

test("a file that vanishes keeps what it held, says so, and comes back", async (t) => {
  await at.write({ "gone.yaml": service("a"), "stays.yaml": service("s") });
  const { until } = await watching(t, "gone.yaml", "stays.yaml");
  await unlink(at.path("gone.yaml"));
  const [gone, stays] = await until(has("GW1008"));
  assert.deepEqual([namesOf(gone), namesOf(stays)], [["a"], ["s"]]);
  await at.write({ "gone.yaml": service("b") });
  const [back] = await until(holds("b"));
  assert.deepEqual(back?.findings, []);
});

test("a directory that vanishes with its files keeps what it held, and comes back", async (t) => {
  await at.write({ "whole/a.yaml": service("a"), "whole/sub/b.yaml": service("b") });
  const { until } = await watching(t, "whole", "whole/a.yaml");
  await rm(at.path("whole"), { recursive: true });
  const contents = await until((directory, file) => has("GW1008")(directory) && has("GW1008")(file));
  assert.deepEqual(contents.map(namesOf), [["a", "b"], ["a"]]);
  await pause(20);
  await at.write({ "whole/a.yaml": service("c") });
  await until((directory, file) => holds("c")(directory) && holds("c")(file));
  await at.write({ "whole/a.yaml": service("d") });
  await until((directory, file) => holds("d")(directory) && holds("d")(file));
});

test("files that come to a directory, leave it, and move about in it are followed", async (t) => {
  await at.write({ "flow/a.yaml": service("a") });
  const { until } = await watching(t, "flow");
  await at.write({ "flow/b.yaml": service("b") });
  await until(holds("a", "b"));
  await mkdir(at.path("flow/new/deeper"), { recursive: true });
  await pause(50);
  await at.write({ "flow/new/deeper/c.yaml": service("c") });
  await until(holds("a", "b", "c"));
  await unlink(at.path("flow/a.yaml"));
  await until(holds("b", "c"));
  await rename(at.path("flow/b.yaml"), at.path("flow/z.yaml"));
  await until(holds("c", "b"));
});

test("a burst of changes is told as few, and the last of them is the last told", async (t) => {
  await at.write({ "burst.yaml": service("a") });
  const { until, told } = await watching(t, "burst.yaml");
  await pause(50);
  for (let round = 0; round < 100; round += 1) await at.write({ "burst.yaml": service(`n${round}`) });
  await until(holds("n99"));
  await pause(50);
  assert.ok(told.length < 100);
  assert.deepEqual(namesOf(told.at(-1)?.[0]), ["n99"]);
});

test("a log that is written beside without end does not put a change off", async (t) => {
  await at.write({ "busy/a.yaml": service("a") });
  const { until } = await watching(t, "busy");
  await pause(50);
  let writing = true;
  const log = (async () => {
    while (writing) await appendFile(at.path("busy/out.log"), "line\n");
  })();
  await at.write({ "busy/a.yaml": service("b") });
  const start = Date.now();
  await until(holds("b"));
  writing = false;
  await log;
  assert.ok(Date.now() - start < 1000);
});

test("a pipe is read once, and a watch does not wait for it", { skip: process.platform === "win32" }, async (t) => {
  execFileSync("mkfifo", [at.path("once")]);
  const write = writeFile(at.path("once"), service("piped"));
  await at.write({ "beside-pipe.yaml": service("a") });
  const { until } = await watching(t, "once", "beside-pipe.yaml");
  await write;
  await at.write({ "beside-pipe.yaml": service("b") });
  await until((pipe, file) => holds("piped")(pipe) && holds("b")(file));
});

test("what is saved without a change, and files beside the sources, are not told", async (t) => {
  await at.write({ "same.yaml": service("a") });
  const { told } = await watching(t, "same.yaml");
  await pause(50);
  await at.write({ "same.yaml": service("a"), "beside.log": "line", "beside.yaml": service("x") });
  await pause(100);
  assert.deepEqual(told, []);
});

test("what changed before the watch began is told", async (t) => {
  await at.write({ "before.yaml": service("a") });
  const sources = await openSources([at.path("before.yaml")], { objectsOf, stdin: Readable.from([]) });
  await at.write({ "before.yaml": service("b") });
  const told = await new Promise<readonly SourceContent[]>((resolve) => {
    const watch = sources.watch(resolve);
    t.after(() => watch.close());
  });
  assert.deepEqual(told.map(namesOf), [["b"]]);
});

test("a malformed version is told with its findings, the next good one without", async (t) => {
  await at.write({ "bad.yaml": service("a") });
  const { until } = await watching(t, "bad.yaml");
  await at.write({ "bad.yaml": "a: [" });
  await until(has("GW1001"));
  await at.write({ "bad.yaml": service("b") });
  const [good] = await until(holds("b"));
  assert.deepEqual(good?.findings, []);
});

test("a module follows its imports, survives its mistakes, and finds a file that was missing", async (t) => {
  await at.write({
    "program/acme.ts": `import { name } from "./name"; export default () => [name];`,
    "program/name.ts": `export const name = "a";`,
  });
  const { until } = await watching(t, "program/acme.ts");
  await at.write({ "program/name.ts": `export const name = "b";` });
  await until(holds("b"));
  await at.write({ "program/name.ts": `export const name = ;` });
  await until(has("GW1007"));
  await at.write({ "program/name.ts": `export { name } from "./other";` });
  await pause(300);
  await at.write({ "program/other.ts": `export const name = "c";` });
  await until(holds("c"));
  await at.write({ "program/other.ts": `export const name = "d";` });
  await until(holds("d"));
});

test("a mounted ConfigMap, whose directory is swapped behind a link, is followed", {
  skip: process.platform === "win32",
}, async (t) => {
  await at.write({ "mount/..1/routes.yaml": service("a"), "mount/..2/routes.yaml": service("b") });
  await symlink("..1", at.path("mount/..data"));
  await symlink("..data/routes.yaml", at.path("mount/routes.yaml"));
  const { until } = await watching(t, "mount/routes.yaml");
  await pause(50);
  await symlink("..2", at.path("mount/..data_tmp"));
  await rename(at.path("mount/..data_tmp"), at.path("mount/..data"));
  await until(holds("b"));
});

test("a source that is missing at first is told when it appears", async (t) => {
  const { until, sources } = await watching(t, "later/routes.yaml");
  assert.deepEqual(
    sources.current()[0]?.findings.map(({ code }) => code),
    ["GW1008"],
  );
  await at.write({ "later/routes.yaml": service("a") });
  const [content] = await until(holds("a"));
  assert.deepEqual(content?.findings, []);
});

test("after close nothing is told", async (t) => {
  await at.write({ "closed.yaml": service("a") });
  const { watch, told } = await watching(t, "closed.yaml");
  await at.write({ "closed.yaml": service("b") });
  await watch.close();
  const before = told.length;
  await at.write({ "closed.yaml": service("c") });
  await pause(60);
  assert.equal(told.length, before);
});
