import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { ask, dev, scratch } from "./gatewright.ts";

const clients = 64;
const rewrites = 200;

const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec:
  gatewayClassName: c
  listeners: [{ name: http, protocol: HTTP, port: 80 }]
`;

/** Returns a route whose weights, backends, filters and order of rules change with every version. */
function route(version: number): string {
  const weights = [version % 10, 10 - (version % 10)];
  const store = `  - matches: [{ path: { value: /store } }]
    filters:
    - type: RequestHeaderModifier
      requestHeaderModifier: { set: [{ name: x-version, value: "${version}" }] }
${version % 3 === 0 ? "    - type: ResponseHeaderModifier\n      responseHeaderModifier: { add: [{ name: x-more, value: a }] }\n" : ""}    backendRefs:
    - { name: store-${version % 4}, port: 8080, weight: ${weights[0]} }
    - { name: store-${(version + 1) % 4}, port: 8080, weight: ${weights[1]} }
`;
  const other = `  - matches: [{ path: { value: /other-${version} } }]
    backendRefs: [{ name: other-${version % 7}, port: 8080 }]
`;
  return `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec:
  parentRefs: [{ name: g }]
  rules:
${version % 2 === 0 ? store + other : other + store}`;
}

/** Waits until a version has answered a request, so that each is applied under load; gives up after ten seconds. */
async function served(isServed: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isServed() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 2));
}

test("64 clients lose no request while the route is rewritten 200 times", { timeout: 120_000 }, async (t) => {
  const directory = await scratch(t);
  const file = join(directory, "route.yaml");
  await writeFile(join(directory, "gateway.yaml"), gateway);
  await writeFile(file, route(0));
  const { address, stderr, running } = await dev(t, [directory]);
  const url = `${address("default/g")}/store`;

  const failures: string[] = [];
  const versions = new Set<string>();
  let sent = 0;
  let rewriting = true;
  const client = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (rewriting) {
      sent++;
      try {
        const { status, backend, text } = await ask(url, {
          agent,
          method: sent % 2 === 0 ? "GET" : "POST",
          body: sent % 2 === 0 ? "" : "a body",
        });
        if (status !== 200 || !backend?.startsWith("default/store-")) failures.push(`${status} ${backend}`);
        else versions.add(String((JSON.parse(text) as { headers: Record<string, string> }).headers["x-version"]));
      } catch (error) {
        failures.push(String(error));
      }
    }
    agent.destroy();
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  for (let version = 1; version <= rewrites; version++) {
    // Half of the saves rename a file, as many editors do. The other half write in place and synchronously: the clients
    // keep this process so busy that an asynchronous write would leave the file empty for long.
    if (version % 2 === 0) writeFileSync(file, route(version));
    else {
      await writeFile(`${file}.new`, route(version));
      await rename(`${file}.new`, file);
    }
    await served(() => versions.has(String(version)));
  }
  rewriting = false;
  await all;

  assert.deepEqual(failures.slice(0, 5), [], `${failures.length} of ${sent} requests failed`);
  assert.ok(running);
  const unseen = Array.from({ length: rewrites }, (_, i) => String(i + 1)).filter((version) => !versions.has(version));
  assert.deepEqual(unseen, [], "every version came to be served");
  assert.ok(sent > 2000, `there was traffic: ${sent}`);
  assert.doesNotMatch(stderr(), /error/);
});
