import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const demo = fileURLToPath(new URL("../../../tools/demo.ts", import.meta.url));

test("the demo shows the exact split, stays up, and ends with 0 on SIGTERM", { timeout: 60_000 }, async (t) => {
  const child = spawn(process.execPath, ["--conditions=gatewright-source", demo], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  let text = "";
  await new Promise<void>((resolve, reject) => {
    child.on("exit", () => reject(new Error(`it ended early:\n${text}`)));
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("Still serving")) resolve();
    });
  });
  assert.match(
    text,
    /^ 10000 {2}store\/acme-store:8080 9000 \(90\.00 %\) {3}store\/acme-store-canary:8080 1000 \(10\.00 %\)$/m,
  );
  assert.match(text, /^edge\/acme-external +http +http:\/\/127\.0\.0\.1:\d+$/m);
  child.removeAllListeners("exit");
  const ended = new Promise((resolve) => child.on("exit", resolve));
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
});
