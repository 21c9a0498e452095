import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { Script } from "node:vm";
import { AdminServer } from "../../../../../lib/cli/admin/server.ts";
import type { AdminState } from "../../../../../lib/cli/admin/state.ts";
import type { GatewayIR } from "../../../../../lib/routing/ir.ts";

const ir: GatewayIR = {
  version: 1,
  gateway: { namespace: "edge", name: "acme" },
  ports: [
    {
      port: 80,
      protocol: "HTTP",
      listeners: [
        {
          name: "http",
          parent: { kind: "Gateway", namespace: "edge", name: "acme" },
          hosts: [{ hostname: "acme.io", rules: ["1"] }],
        },
      ],
    },
  ],
  rules: {
    1: {
      id: "HTTPRoute/store/acme-store/rules/0",
      route: { kind: "HTTPRoute", namespace: "store", name: "acme-store" },
      index: 0,
      matches: [
        {
          path: { type: "PathPrefix", value: '/<script>"' },
          headers: [{ name: "x-api-key", type: "Exact", value: "hunter2" }],
          queryParams: [],
        },
      ],
      filters: [
        {
          type: "RequestHeaderModifier",
          set: [{ name: "authorization", value: "Basic c2VjcmV0" }],
          add: [{ name: "x-plain", value: "shown" }],
          remove: [],
        },
      ],
      backends: [
        { weight: 9, target: { backend: "store/stable:8080" }, filters: [] },
        { weight: 1, target: { backend: "store/canary:8080" }, filters: [] },
      ],
    },
  },
  backends: {},
};

let state: AdminState = {
  ready: true,
  gateways: [ir],
  sockets: [{ gateway: "edge/acme", port: 80, url: "http://127.0.0.1:8080" }],
  conditions: [],
  problems: [],
  traffic: [
    { gateway: "edge/acme", rule: "HTTPRoute/store/acme-store/rules/0", target: "store/stable:8080", requests: 3 },
  ],
};
const admin = new AdminServer({
  ready: () => state.ready,
  state: () => state,
  metrics: async () => ({ contentType: "text/plain; version=0.0.4", text: "up 1\n" }),
});
let port = 0;
before(async () => {
  ({ port } = await admin.listen({ host: "127.0.0.1", port: 0 }));
});
after(() => admin.close());

function ask(path: string, { host = "localhost", method = "GET" } = {}) {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      request({ host: "127.0.0.1", port, path, method, headers: { host } }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
      })
        .on("error", reject)
        .end();
    },
  );
}

test("health, readiness and metrics", async () => {
  assert.equal((await ask("/healthz")).status, 200);
  assert.equal((await ask("/readyz")).status, 200);
  assert.equal((await ask("/metrics")).text, "up 1\n");
  state = { ...state, ready: false };
  assert.equal((await ask("/readyz")).status, 503);
  assert.equal((await ask("/healthz")).status, 200);
  state = { ...state, ready: true };
});

test("the configuration is told, credentials in it are not", async () => {
  const { text, headers } = await ask("/config");
  assert.equal(headers["content-type"], "application/json; charset=utf-8");
  assert.deepEqual(JSON.parse(text).gateways[0].gateway, { namespace: "edge", name: "acme" });
  assert.doesNotMatch(text, /hunter2|c2VjcmV0/);
  assert.match(text, /shown/);
});

test("the page escapes what it shows and its policy admits only its own style and script", async () => {
  const { text, headers } = await ask("/");
  assert.doesNotMatch(text, /\/<script>"/);
  assert.match(text, /\/&lt;script&gt;&quot;/);
  const policy = String(headers["content-security-policy"]);
  assert.match(policy, /^default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  for (const element of ["style", "script"]) {
    const content = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(text)?.[1] ?? "";
    assert.ok(policy.includes(`'sha256-${createHash("sha256").update(content).digest("base64")}'`), element);
  }
  assert.doesNotMatch(text, /\s(style|on\w+)=/, "inline style and handlers would be blocked");
  assert.doesNotMatch(text, /(src|href)="(https?:)?\/\//, "no external resources");
  assert.doesNotMatch(text, /hunter2|c2VjcmV0/, "credentials stay hidden on the page as well");
});

test("the page's script is valid and finds its rows by the keys of /traffic", async () => {
  const { text } = await ask("/");
  assert.doesNotThrow(() => new Script(/<script>([\s\S]*?)<\/script>/.exec(text)?.[1] ?? ""));
  const { topology, counts } = JSON.parse((await ask("/traffic")).text) as {
    topology: string;
    counts: Record<string, number>;
  };
  assert.ok(text.includes(`data-topology="${topology}"`));
  const keys = [...text.matchAll(/data-key="([^"]*)"/g)].map(([, key = ""]) => key.replaceAll("&quot;", '"'));
  assert.equal(keys.length, 2);
  assert.equal(counts[keys[0] ?? ""], 3);
});

test("a name that someone else controls is refused, whatever the path", async () => {
  for (const host of [
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example:9901",
    "[evil]",
    "localhost.evil.example",
  ]) {
    assert.equal((await ask("/config", { host })).status, 421, host);
  }
  for (const host of ["localhost:9901", "127.0.0.1", "[::1]:1", "LOCALHOST", "10.0.0.7:80"]) {
    assert.equal((await ask("/config", { host })).status, 200, host);
  }
});

test("only GET and HEAD, and unknown paths are 404", async () => {
  assert.equal((await ask("/config", { method: "POST" })).status, 405);
  const head = await ask("/config", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.text, "");
  assert.equal((await ask("/nothing")).status, 404);
});

test("a process without a proxy has probes and metrics, and nothing to show", async (t) => {
  let ready = false;
  const probes = new AdminServer({
    ready: () => ready,
    metrics: async () => ({ contentType: "text/plain", text: "up 1\n" }),
  });
  const { port: own } = await probes.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => probes.close());
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${own}${path}`)).status;
  assert.deepEqual([await status("/healthz"), await status("/readyz"), await status("/metrics")], [200, 503, 200]);
  ready = true;
  assert.equal(await status("/readyz"), 200);
  for (const path of ["/", "/config", "/traffic"]) assert.equal(await status(path), 404, path);
});
