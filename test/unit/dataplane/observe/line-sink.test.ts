import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, readSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { Worker } from "node:worker_threads";
import { LineSink } from "../../../../proxy/dataplane/observe/line-sink.ts";
import { eventually } from "../harness/wire.ts";
import { LogFile } from "./log-file.ts";

const noLines = () => ({ written: 0, dropped: 0 });

/** Makes a named pipe, and a reader that reads when the test asks it to. */
function pipe(t: TestContext) {
  const path = join(dirname(new LogFile(t).path), "pipe");
  execFileSync("mkfifo", [path]);
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  t.after(() => closeSync(descriptor));
  const buffer = Buffer.alloc(64 * 1024);
  const read = () => {
    try {
      return buffer.toString("latin1", 0, readSync(descriptor, buffer));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return "";
      throw error;
    }
  };
  return { path, read };
}

test("lines are gathered, and all of them are in the file when it is closed", async (t) => {
  const { path } = new LogFile(t);
  const stats = noLines();
  const sink = new LineSink(path, 1024 * 1024, stats);
  for (let i = 0; i < 5000; i++) sink.write(`{"i":${i}}\n`);
  await sink.close();
  const lines = readFileSync(path, "utf8").split("\n");
  assert.deepEqual(lines, [...Array.from({ length: 5000 }, (_, i) => `{"i":${i}}`), ""]);
  assert.deepEqual(stats, { written: 5000, dropped: 0 });
  sink.write("late\n");
  assert.deepEqual(stats, { written: 5000, dropped: 1 });
});

test("what was in the file stays in front", async (t) => {
  const { path } = new LogFile(t);
  writeFileSync(path, "before\n");
  const sink = new LineSink(path, 1024, noLines());
  sink.write("after\n");
  await sink.close();
  assert.equal(readFileSync(path, "utf8"), "before\nafter\n");
});

test("a file that was moved away is made anew, and no line is lost", async (t) => {
  const { path } = new LogFile(t);
  const stats = noLines();
  const sink = new LineSink(path, 1024, stats);
  sink.write("one\n");
  await eventually(() => stats.written === 1, "the first line");
  renameSync(path, `${path}.1`);
  let sent = 1;
  await eventually(() => {
    sink.write(`${++sent}\n`);
    try {
      return readFileSync(path, "utf8") !== "";
    } catch {
      return false;
    }
  }, "the new file");
  await sink.close();
  const all = readFileSync(`${path}.1`, "utf8") + readFileSync(path, "utf8");
  assert.equal(all.split("\n").length - 1, stats.written);
  assert.equal(stats.written, sent);
});

test("a reader that does not read costs bounded memory and no time; what it misses is counted", async (t) => {
  const { path, read } = pipe(t);
  const stats = noLines();
  const sink = new LineSink(path, 64 * 1024, stats);
  const line = `${"x".repeat(99)}\n`;
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  const before = performance.now();
  for (let i = 0; i < 20_000; i++) {
    sink.write(line);
    if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await eventually(() => turns >= 20, "a loop that turns");
  clearInterval(turning);
  assert.ok(performance.now() - before < 5_000);
  assert.ok(stats.dropped > 15_000, String(stats.dropped));
  // Once it reads, it receives the waiting lines, and then the new ones.
  let received = "";
  await eventually(() => {
    received += read();
    return received.length / line.length === stats.written && stats.written + stats.dropped === 20_000;
  }, "what waited");
  sink.write("new\n");
  await eventually(() => {
    received += read();
    return received.endsWith("new\n");
  }, "what is new");
  assert.equal(
    received
      .split("\n")
      .slice(0, -2)
      .every((each) => `${each}\n` === line),
    true,
  );
  await sink.close();
});

test("closing does not wait for a reader that never reads", async (t) => {
  const { path } = pipe(t);
  const stats = noLines();
  const sink = new LineSink(path, 1024 * 1024, stats);
  for (let i = 0; i < 5000; i++) sink.write(`${"x".repeat(99)}\n`);
  const before = performance.now();
  await sink.close();
  assert.ok(performance.now() - before < 4_000);
  assert.ok(stats.dropped > 1000);
});

test("a reader that is gone ends the log and nothing else", async (t) => {
  const path = join(dirname(new LogFile(t).path), "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = noLines();
  const sink = new LineSink(path, 1024, stats);
  closeSync(reader);
  sink.write("nobody\n");
  await eventually(() => stats.dropped === 1, "a line that is dropped");
  sink.write("nobody\n");
  await sink.close();
  assert.deepEqual(stats, { written: 0, dropped: 2 });
});

test("threads that share a pipe do not mix their lines", async (t) => {
  const { path, read } = pipe(t);
  const source = `
    const { workerData } = require("node:worker_threads");
    import(workerData.module).then(async ({ LineSink }) => {
      const sink = new LineSink(workerData.path, 8e6, { written: 0, dropped: 0 });
      for (let i = 0; i < 2000; i++) {
        sink.write(workerData.letter.repeat(50 + (i * 37) % 900) + "\\n");
        if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await sink.close();
    });`;
  const module = new URL("../../../../proxy/dataplane/observe/line-sink.ts", import.meta.url).href;
  let ended = 0;
  for (const letter of "abc") {
    const worker = new Worker(source, { eval: true, workerData: { module, path, letter } });
    worker.on("exit", () => ended++);
  }
  let received = "";
  await eventually(
    () => {
      for (let more = read(); more !== ""; more = read()) received += more;
      return ended === 3;
    },
    "all threads",
    20_000,
  );
  for (let more = read(); more !== ""; more = read()) received += more;
  const lines = received.split("\n").slice(0, -1);
  assert.ok(lines.length > 1000, String(lines.length));
  for (const line of lines) assert.match(line, /^(a+|b+|c+)$/);
});
