import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { service } from "../../../lib/application-developer/backends.ts";
import { GatewayValidation, type GatewayValidationProps, type ValidationViolation } from "../../../lib/cdk8s.ts";

const route = (parent: string, port: number) => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r, namespace: store }
spec:
  parentRefs: [{ name: external, namespace: edge, sectionName: ${parent} }]
  rules: [{ backendRefs: [{ name: a, port: ${port} }] }]
`;

const contract = {
  apiVersion: "gatewright.dev/v1",
  kind: "GatewayContract",
  metadata: { name: "external", namespace: "edge" },
  spec: {
    gatewayClassName: "lb",
    listeners: [{ name: "http", port: 80, protocol: "HTTP", kinds: ["HTTPRoute"], namespaces: { from: "All" } }],
  },
};

/** Runs the plugin as cdk8s-cli does. */
async function validate(yaml: string, withContract: boolean, props: GatewayValidationProps = {}) {
  const directory = await mkdtemp(join(tmpdir(), "gatewright-cdk8s-"));
  try {
    const manifest = join(directory, "a.k8s.yaml");
    const file = join(directory, "external.json");
    await writeFile(manifest, yaml);
    await writeFile(file, JSON.stringify(contract));
    const violations: ValidationViolation[] = [];
    const logged: string[] = [];
    let status = "";
    await new GatewayValidation({ ...props, ...(withContract && { contracts: [file] }) }).validate({
      manifests: [manifest],
      report: {
        addViolation: (violation) => void violations.push(violation),
        submit: (submitted) => {
          status = submitted;
        },
      },
      logger: { log: (message) => void logged.push(message) },
    });
    const found = violations.map(({ ruleName, violatingResources: [resource] }) => [
      ruleName,
      ...(resource?.locations ?? []),
    ]);
    return { status, found, logged };
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("the plugin passes manifests that fit, and logs what depends on others", async () => {
  const { status, found, logged } = await validate(route("http", 80), true);
  assert.deepEqual({ status, found }, { status: "success", found: [] });
  assert.ok(logged.some((line) => line.startsWith("note GW2413 HTTPRoute store/r")));
});

test("errors of schema and handshake are violations with resource and field", async () => {
  assert.deepEqual((await validate(route("http", 80800), false)).found, [
    ["GW1106", "spec.rules[0].backendRefs[0].port"],
  ]);
  const refused = await validate(route("https", 80), true);
  assert.equal(refused.status, "failure");
  assert.deepEqual(refused.found, [["GW2403", "spec.parentRefs[0].sectionName"]]);
  assert.equal((await validate(route("http", 80), true, { strict: true })).status, "failure");
});

test("a contract that cannot be read is a violation", async () => {
  const { status, found } = await validate(route("http", 80), false, { contracts: ["/nonexistent.json"] });
  assert.deepEqual({ status, found }, { status: "failure", found: [["GW1008"]] });
});

test("a Service of another library is a backend by its members", () => {
  class PlusService {
    readonly metadata = { namespace: "shop" };
    get name() {
      return "a";
    }
    get port() {
      return 8080;
    }
  }
  assert.deepEqual(service(new PlusService()), { name: "a", port: 8080, namespace: "shop" });
  assert.deepEqual(service({ name: "a", port: 8080 }), { name: "a", port: 8080 });
  assert.deepEqual(service("a", 8080, { namespace: "x" }), { name: "a", port: 8080, namespace: "x" });
});

test("what is to be ignored is no violation", async () => {
  const ignore = [{ code: "GW1106", reason: "the CRD here is patched" }];
  const { found } = await validate(route("http", 80_800), true, { ignore });
  assert.deepEqual(found, []);
});
