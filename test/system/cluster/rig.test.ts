import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, suite, test } from "node:test";
import { cached } from "./rig/cache.ts";
import { writeImage } from "./rig/images/oci-archive.ts";
import { changesFor, type Service } from "./rig/loadbalancer.ts";

const { GATEWRIGHT_RIG_CACHE: given } = process.env;
let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), "gatewright-rig-"));
  process.env.GATEWRIGHT_RIG_CACHE = directory;
});
after(() => {
  if (given === undefined) delete process.env.GATEWRIGHT_RIG_CACHE;
  else process.env.GATEWRIGHT_RIG_CACHE = given;
  rmSync(directory, { recursive: true });
});

suite("the cache", () => {
  const produce = async (unfinished: string) => writeFileSync(join(unfinished, "part"), "whole");

  test("makes an entry once, even for two who ask at a time", async () => {
    let made = 0;
    const count = async (unfinished: string) => {
      made++;
      await produce(unfinished);
    };
    const [first, second] = await Promise.all([cached("once", count), cached("once", count)]);
    assert.equal(first, second);
    assert.equal(await cached("once", count), first);
    assert.equal(made, 1);
    assert.equal(readFileSync(join(first, "part"), "utf8"), "whole");
  });

  test("has no entry when making it fails, and makes it the next time", async () => {
    await assert.rejects(
      cached("fails", () => Promise.reject(new Error("no"))),
      /^Error: no$/,
    );
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.startsWith("fails")),
      [],
    );
    assert.ok(existsSync(join(await cached("fails", produce), "part")));
  });

  test("has no entry when whoever makes it is killed, and waits for nobody", async () => {
    const script = `import { cached } from ${JSON.stringify(new URL("rig/cache.ts", import.meta.url))};
      await cached("killed", async () => { console.log("begun"); await new Promise(() => setInterval(() => {}, 1000)); });`;
    const maker = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(createInterface(maker.stdout), "line");
    const ended = once(maker, "exit");
    maker.kill("SIGKILL");
    await ended;
    assert.equal(existsSync(join(directory, "killed")), false);
    assert.ok(existsSync(join(await cached("killed", produce), "part")));
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.startsWith("killed")),
      ["killed"],
    );
  });
});

suite("the archive of an image", () => {
  test("is the same for the same files", async () => {
    const [file, one, two] = ["program", "one.tar", "two.tar"].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(file, "#!/bin/sh\n", { mode: 0o755 });
    const image = {
      names: ["a.test/a:1", "a.test/a:2"],
      files: { "/bin/program": file },
      entrypoint: ["/bin/program"],
    };
    await writeImage(image, one);
    await writeImage(image, two);
    assert.deepEqual(readFileSync(one), readFileSync(two));
    assert.ok(readFileSync(one).includes('"io.containerd.image.name":"a.test/a:2"'));
  });
});

suite("the load balancer", () => {
  const service = (name: string, spec: Service["spec"], ip?: string): Service => ({
    metadata: { namespace: "default", name, uid: name },
    spec,
    status: { loadBalancer: { ingress: ip === undefined ? [] : [{ ip }] } },
  });
  const type = "LoadBalancer";
  const told = (...services: readonly Service[]): string[] =>
    changesFor(services).map(
      ({ service: { metadata }, address, refusal }) => `${metadata.name}: ${address ?? refusal ?? "none"}`,
    );

  test("gives the first address that is free, and leaves what was given", () => {
    assert.deepEqual(told(service("a", { type }, "10.200.1.1"), service("b", { type }), service("c", { type })), [
      "b: 10.200.1.2",
      "c: 10.200.1.3",
    ]);
  });

  test("serves those who ask for an address before those who take any", () => {
    assert.deepEqual(told(service("a", { type }), service("b", { type, loadBalancerIP: "10.200.1.1" })), [
      "b: 10.200.1.1",
      "a: 10.200.1.2",
    ]);
  });

  test("refuses an address that is taken, out of range or none", () => {
    const refusals = ["10.200.1.1", "10.200.1.0", "10.200.1.255", "10.200.2.1", "10.200.1.01", "a"].map(
      (loadBalancerIP) => told(service("a", { type }, "10.200.1.1"), service("b", { type, loadBalancerIP })),
    );
    assert.match(refusals.shift()?.[0] ?? "", /another Service has it/);
    for (const [refusal] of refusals)
      assert.match(refusal ?? "", /cannot be given: this cluster has 10\.200\.1\.1 to 10\.200\.1\.254/);
  });

  test("takes an address back from a Service of another type", () => {
    assert.deepEqual(told(service("a", { type: "ClusterIP" }, "10.200.1.1"), service("b", { type: "ClusterIP" })), [
      "a: none",
    ]);
  });

  test("says so when all are taken", () => {
    const all = Array.from({ length: 254 }, (_, index) => service(`s${index}`, { type }, `10.200.1.${index + 1}`));
    assert.deepEqual(told(...all, service("late", { type })), [
      "late: All addresses from 10.200.1.1 to 10.200.1.254 are taken.",
    ]);
  });
});
