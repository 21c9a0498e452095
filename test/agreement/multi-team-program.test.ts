import assert from "node:assert/strict";
import { request } from "node:https";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { objectsOf } from "../../lib/engines/objects.ts";
import { simulate } from "../../lib/testing/index.ts";
import { readModule } from "../../proxy/sources/module.ts";
import { dev, gatewright } from "../unit/cli/gatewright.ts";

const folder = fileURLToPath(new URL("./multi-team-program", import.meta.url));
const program = `${folder}/acme.ts`;

test("a program of several teams has no errors and no advice, and a handful of lines", async () => {
  const { code, stdout } = await gatewright(["check", program]);
  assert.equal(code, 0);
  assert.doesNotMatch(stdout, /error|advice/);
  const lines = stdout.trimEnd().split("\n");
  assert.ok(lines.length < 10, stdout);
});

test("its routes behind listeners that select namespaces are served, in simulate and explain", async () => {
  const { declared } = await readModule(program, objectsOf);
  const traffic = simulate(declared);
  const backends = (url: string, gateway = "edge/public") => traffic.get(url, { gateway }).backends;
  assert.deepEqual(backends("https://shop.acme.io/"), { "shop/web:8080": 0.8, "shop/web-canary:8080": 0.2 });
  assert.deepEqual(backends("https://shop.acme.io/gql"), { "platform/graphql:4000": 1 });
  assert.deepEqual(backends("https://partners.acme.io/"), { "shop/web:8080": 1 });
  assert.deepEqual(backends("https://v2.api.acme.io/"), { "api/api:80": 1 });
  assert.deepEqual(backends("https://pay.acme.io/report?format=pdf"), { "pay/pdf:80": 1 });
  assert.equal(traffic.get("http://shop.acme.io/", { gateway: "edge/public" }).status, 301);
  const { stdout } = await gatewright([
    "explain",
    program,
    "--",
    "GET",
    "https://shop.acme.io/",
    "--gateway",
    "edge/public",
  ]);
  assert.match(stdout, /route +HTTPRoute shop\/web, host shop\.acme\.io/);
});

test("a plan from what was released names what was changed, and nothing else", async () => {
  const args = ["plan", "--before", `${folder}/released.yaml`, "--after", program, "-o", "json"];
  const { code, stdout } = await gatewright(args);
  assert.equal(code, 0);
  const { changes } = JSON.parse(stdout) as {
    changes: { risk: string; hosts: string[]; paths: { value: string }[] }[];
  };
  const told = changes.map(({ risk, hosts, paths }) => `${risk} ${hosts} ${paths.map(({ value }) => value)}`);
  assert.deepEqual([...new Set(told)].sort(), [
    "moves shop.acme.io /gql",
    "moves shop.acme.io /graphql",
    "shares shop.acme.io /",
  ]);
});

test("the Namespaces that the released configuration declares are known on both sides of a plan", async () => {
  const selecting = `${folder}/released.yaml`;
  const { stdout: released } = await gatewright(["synth", selecting]);
  const documents = released.split(/^---\n/m);
  const changed = documents
    .filter((text) => !text.includes("kind: Namespace\n"))
    .join("---\n")
    .replace("team: pay", "team: payments");
  const { stdout } = await gatewright(["plan", selecting, "-", "-o", "json"], { stdin: changed });
  const { changes } = JSON.parse(stdout) as { changes: { risk: string; hosts: string[] }[] };
  assert.ok(changes.length > 0);
  assert.deepEqual([...new Set(changes.map(({ risk, hosts }) => `${risk} ${hosts}`))], ["fails pay.acme.io"]);
});

test("dev serves it", async (t) => {
  const served = await dev(t, [program]);
  const url = new URL(served.address("edge/public", "shop").replace(/^http:/, "https:"));
  const backend = await new Promise((resolve, reject) => {
    const headers = { host: "shop.acme.io", "x-canary": "1" };
    request(url, { servername: "shop.acme.io", headers, rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.headers["x-backend"]));
    })
      .on("error", reject)
      .end();
  });
  assert.equal(backend, "shop/web-canary:8080");
});
