import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse, parseAllDocuments } from "yaml";
import { gatewright, scratch } from "./gatewright.ts";

const seed = fileURLToPath(new URL("../../../examples/seed/", import.meta.url));
const acme = fileURLToPath(new URL("../../../examples/acme/acme.ts", import.meta.url));

test("synth writes one sorted stream, the same every time and whatever the order of the sources", async () => {
  const one = await gatewright(["synth", acme]);
  assert.equal(one.code, 0, one.stderr);
  const kinds = parseAllDocuments(one.stdout).map((document) => document.get("kind"));
  assert.deepEqual(kinds, ["GatewayClass", "Gateway", "HTTPRoute"]);
  assert.equal((await gatewright(["synth", acme])).stdout, one.stdout);
  assert.equal((await gatewright(["synth", "-"], { stdin: one.stdout })).stdout, one.stdout, "what it writes it reads");
});

test("synth -d writes one file for each object", async (t) => {
  const cwd = await scratch(t);
  const { code, stdout } = await gatewright(["synth", acme, "-d", "out/deep"], { cwd });
  assert.equal(code, 0);
  assert.equal(stdout, "");
  const files = await readdir(join(cwd, "out/deep"));
  assert.equal(files.length, 3);
  const route = files.find((name) => name.includes("httproute"));
  assert.match(await readFile(join(cwd, "out/deep", route ?? ""), "utf8"), /kind: HTTPRoute/);
});

test("synth --target terraform empties the root modules that it wrote and that hold nothing any more", async (t) => {
  const cwd = await scratch(t);
  const module = (name: string) => join(cwd, "out", name, "main.tf.json");
  const theirs = '{ "resource": {} }';
  await mkdir(join(cwd, "out/1-crds"), { recursive: true });
  await writeFile(module("1-crds"), theirs);
  const synth = async (stdin: string) => {
    const ended = await gatewright(["synth", "-", "--target", "terraform", "-d", "out"], { cwd, stdin });
    assert.equal(ended.code, 0, ended.stderr);
  };
  await synth((await gatewright(["synth", acme])).stdout);
  assert.match(await readFile(module("4-application-developer"), "utf8"), /kubernetes_manifest/);
  const left = "{ apiVersion: v1, kind: Namespace, metadata: { name: edge } }";
  // A second run recognizes the empty root modules as its own too.
  for (let run = 0; run < 2; run++) {
    await synth(left);
    for (const emptied of ["3-cluster-operator", "4-application-developer"]) {
      const { resource, terraform } = JSON.parse(await readFile(module(emptied), "utf8"));
      assert.equal(resource, undefined);
      assert.ok(terraform.required_providers.kubernetes, "to destroy takes the provider");
    }
  }
  assert.equal(await readFile(module("1-crds"), "utf8"), theirs);
});

test("convert writes today's vocabulary, which needs no conversion any more", async () => {
  const { code, stdout, stderr } = await gatewright(["convert", join(seed, "1-acme-store.yaml")]);
  assert.equal(code, 0);
  assert.match(stderr, /note GW1301/);
  assert.doesNotMatch(stdout, /forwardTo|serviceName|v1alpha/);
  const again = await gatewright(["convert", "-"], { stdin: stdout });
  assert.equal(again.stdout, stdout);
  assert.equal(again.stderr, "");
});

test("check tells findings on stdout in any format, and the count on stderr", async (t) => {
  const cwd = await scratch(t);
  await writeFile(
    join(cwd, "a.yaml"),
    "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: r }\nspec:\n  parentRefs: [{ name: g }]\n  rules: [{ backendRefs: [{ name: a, port: 0 }] }]\n",
  );
  const text = await gatewright(["check", "a.yaml", "--only", "schema"], { cwd });
  assert.match(
    text.stdout,
    /^a\.yaml:6:\d+ {2}error GW1106 HTTPRoute (default\/)?r spec\.rules\[0\]\.backendRefs\[0\]\.port: /,
  );
  assert.equal(text.stderr, "checked 1 object: 1 HTTPRoute\n1 error\n");
  const json = JSON.parse(
    (await gatewright(["check", "a.yaml", "--only", "schema", "-o", "json"], { cwd })).stdout,
  ) as { findings: { code: string }[] };
  assert.deepEqual(
    json.findings.map(({ code }) => code),
    ["GW1106"],
  );
  const yaml = parse((await gatewright(["check", "a.yaml", "--only", "schema", "-o", "yaml"], { cwd })).stdout);
  assert.deepEqual(yaml, json);
  const clean = await gatewright(["check", acme, "--only", "schema"]);
  const counts = "checked 3 objects: 1 GatewayClass, 1 Gateway, 1 HTTPRoute\nnothing found\n";
  assert.deepEqual([clean.code, clean.stdout, clean.stderr], [0, "", counts]);
});

test("explain tells the winner and the shares, and why the others lost", async () => {
  const { code, stdout } = await gatewright(["explain", acme, "--", "GET", "http://acme.io/store/cart"]);
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `Gateway edge/acme-external
  listener  http of Gateway edge/acme-external, port 80, every host
  route     HTTPRoute store/acme-store, host acme.io
  rule      rules[0]
  match     PathPrefix /store  spec.rules[0].matches[0]
  backend       90 %  store/acme-store:8080
  backend       10 %  store/acme-store-canary:8080
  sends     GET /store/cart host acme.io
  others
    HTTPRoute store/acme-store rules[1]  Exact /checkout and header serve = canary
      path /store/cart is not /checkout
`,
  );
  const canary = [
    "explain",
    acme,
    "-o",
    "json",
    "--gateway",
    "edge/acme-external",
    "--",
    "GET",
    "http://acme.io/checkout",
    "-H",
    "Serve: canary",
  ];
  const { explanations } = JSON.parse((await gatewright(canary)).stdout) as {
    explanations: { answer: { mirrors: unknown } }[];
  };
  assert.deepEqual(explanations[0]?.answer.mirrors, { "store/acme-store-canary:8080": 0.1 });
  const none = await gatewright(["explain", acme, "--", "GET", "http://acme.io/", "--gateway", "edge/other"]);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /no Gateway edge\/other is declared; declared: edge\/acme-external/);
});

test("colour is for terminals, unless forced, and never with --no-color or NO_COLOR", async () => {
  const coloured = (args: string[], env: Record<string, string>) =>
    gatewright(["explain", acme, ...args, "--", "GET", "http://acme.io/"], { env }).then(({ stdout }) =>
      stdout.includes("\u001b["),
    );
  assert.equal(await coloured([], { NO_COLOR: "" }), false);
  assert.equal(await coloured([], { NO_COLOR: "", FORCE_COLOR: "1" }), true);
  assert.equal(await coloured([], { NO_COLOR: "1", FORCE_COLOR: "1" }), false);
  assert.equal(await coloured(["--no-color"], { NO_COLOR: "", FORCE_COLOR: "1" }), false);
});

test("a reader that goes away is no failure", async () => {
  const main = fileURLToPath(new URL("../../../lib/cli/main.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=gatewright-source", main, "synth", acme], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  assert.equal(await new Promise((resolve) => child.on("close", resolve)), 0);
  assert.equal(stderr, "");
});

test("what a program prints does not end up among the results", async (t) => {
  const cwd = await scratch(t);
  await writeFile(
    join(cwd, "talks.ts"),
    "console.log('top');\nexport default () => { console.log('inside'); setInterval(() => {}, 1000); };\n",
  );
  const { code, stdout, stderr } = await gatewright(["synth", "talks.ts"], { cwd });
  assert.deepEqual([code, stdout], [0, ""]);
  assert.match(stderr, /^top\ninside\ntalks\.ts {2}advice GW1430: The program declares no object\.\n/);
});

test("help and version go to stdout and end with 0", async () => {
  for (const args of [["--help"], ["help", "dev"], ["check", "--help"], ["--version"]]) {
    const { code, stdout, stderr } = await gatewright(args);
    assert.equal(code, 0, args.join(" "));
    assert.notEqual(stdout, "");
    assert.equal(stderr, "");
  }
});

test("schema prints the JSON Schema of a kind or of all, and tells of a kind that there is not", async () => {
  const one = await gatewright(["schema", "httproute"]);
  assert.equal(one.code, 0, one.stderr);
  assert.equal((JSON.parse(one.stdout) as { title: string }).title, "HTTPRoute");
  const all = await gatewright(["schema", "--channel", "experimental", "-o", "yaml"]);
  assert.ok("Gateway" in (parse(all.stdout) as { definitions: object }).definitions);
  const none = await gatewright(["schema", "HTTPRout"]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /there is no such kind.*Did you mean HTTPRoute\?/);
});

test("contract prints what a Gateway offers, and a route is checked against it", async (t) => {
  const cwd = await scratch(t);
  const contract = await gatewright(["contract", acme, "edge/acme-external"]);
  assert.equal(contract.code, 0, contract.stderr);
  const { kind, spec } = JSON.parse(contract.stdout) as { kind: string; spec: { controllerName: string } };
  assert.equal(kind, "GatewayContract");
  assert.equal(spec.controllerName, "acme.io/gateway-controller");
  await writeFile(join(cwd, "contract.json"), contract.stdout);
  const route = (sectionName: string) =>
    `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: r, namespace: store }\nspec:\n  parentRefs: [{ name: acme-external, namespace: edge, sectionName: ${sectionName} }]\n`;
  const fits = await gatewright(["check", "-", "contract.json"], { cwd, stdin: route("http") });
  assert.equal(fits.code, 0, fits.stdout);
  const refused = await gatewright(["check", "-", "contract.json"], { cwd, stdin: route("https") });
  assert.equal(refused.code, 1);
  assert.match(refused.stdout, /error GW2403 HTTPRoute store\/r spec\.parentRefs\[0\]\.sectionName/);
  const newer = await gatewright(["check", "-"], {
    stdin: contract.stdout.replace("gatewright.dev/v1", "gatewright.dev/v9"),
  });
  assert.match(newer.stdout, /error GW2601 .*newer/);
  assert.equal((await gatewright(["synth", "contract.json"], { cwd })).stdout, "");
});

test("contract says what is wrong with how it is asked", async () => {
  const nowhere = await gatewright(["contract", acme, "edge/nope"]);
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.stderr, /no source declares Gateway edge\/nope; declared: edge\/acme-external/);
  assert.match((await gatewright(["contract", "edge/a"])).stderr, /expected SOURCE… NS\/GATEWAY/);
  assert.match((await gatewright(["contract", "--live", acme, "edge/a"])).stderr, /give it no SOURCE/);
  const unread = await gatewright(["contract", "--live", "edge/a", "--kubeconfig", "/nonexistent"]);
  assert.equal(unread.code, 2);
  assert.match(unread.stderr, /kubeconfig \/nonexistent cannot be read/);
});

test("schema prints that of contracts", async () => {
  const { stdout } = await gatewright(["schema", "GatewayContract"]);
  const schema = JSON.parse(stdout) as { title: string; additionalProperties: boolean };
  assert.equal(schema.title, "GatewayContract");
  assert.equal(schema.additionalProperties, false);
});
