import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parseAllDocuments } from "yaml";
import { packedTarball } from "../../../tools/build/pack.ts";
import { Project } from "./project.ts";

const example = "examples/shared-construct";
const library = "web-service";
const tarball = "acme-web-service-1.0.0.tgz";

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: unknown;
}

/** The only object of the orders team, whichever engine declares it. */
const expected: Manifest = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "orders", namespace: "shop" },
  spec: {
    parentRefs: [{ name: "acme-external", namespace: "edge" }],
    hostnames: ["orders.acme.io"],
    rules: [
      {
        filters: [
          {
            type: "RequestHeaderModifier",
            requestHeaderModifier: { set: [{ name: "x-acme-service", value: "orders" }] },
          },
        ],
        timeouts: { request: "15s" },
        backendRefs: [
          { name: "orders", port: 8080, weight: 90 },
          { name: "orders-canary", port: 8080, weight: 10 },
        ],
      },
    ],
  },
};

/** Records the inputs of every Kubernetes object under Pulumi's mocks. */
const underMocks = `
const pulumi = require("@pulumi/pulumi");
const inputs = [];
pulumi.runtime
  .setMocks({
    newResource: (args) => {
      if (args.custom) inputs.push(args.inputs);
      return { id: args.name, state: args.inputs };
    },
    call: () => ({}),
  })
  .then(async () => {
    require("./bin/index.js");
    await pulumi.runtime.disconnect();
    console.log(JSON.stringify(inputs));
  });
`;

describe("a team's own package of constructs", () => {
  let pulumi: Project;
  let cdk8s: Project;

  before(async () => {
    pulumi = await Project.install("pulumi-template");
    pulumi.remove(library);
    pulumi.copy(`${example}/${library}`, library);
  });

  // The templates are kept for other tests.
  after(() => {
    for (const path of [library, "orders.ts", "mocks.cjs"]) pulumi.remove(path);
    for (const path of ["orders.ts", "main.ts", "dist"]) cdk8s?.remove(path);
  });

  it("is built by its own compiler against the packed gatewright, and passes its own tests", () => {
    const built = pulumi.run("tsc", "--project", library, "--pretty", "false");
    assert.deepEqual({ status: built.status, stdout: built.stdout }, { status: 0, stdout: "" });
    const tested = pulumi.run("node", "--test", "--test-reporter=tap", `${library}/test/web-service.test.js`);
    assert.equal(tested.status, 0, tested.stdout);
    assert.match(tested.stdout, /^# pass 2$/m);
  });

  it("is packed, and installed by another team beside gatewright, in both engines", async () => {
    pulumi.npm("pack", `./${library}`, "--pack-destination", library);
    cdk8s = await Project.install("cdk8s-template");
    const packed = join(pulumi.directory, library, tarball);
    for (const project of [pulumi, cdk8s]) {
      project.npm("install", "--no-save", await packedTarball(), packed);
      project.copy(`${example}/orders/orders.ts`, "orders.ts");
      const installed = project.run("node", "-p", 'Object.keys(require("@acme/web-service"))');
      assert.equal(installed.stdout.trim(), "[ 'WebService' ]", installed.stderr);
    }
  });

  it("is synthesized by `cdk8s synth` of the unmodified template", () => {
    for (const path of ["dist", "acme", "main.test.ts", "broken.ts", "mixed.ts"]) cdk8s.remove(path);
    for (const file of ["cdk8s.yaml", "jest.config.js", "tsconfig.json"])
      cdk8s.write(file, cdk8s.read(`node_modules/cdk8s-cli/templates/typescript-app/${file}`));
    cdk8s.copy(`${example}/orders/main.ts`, "main.ts");
    const { status, stdout, stderr } = cdk8s.run("cdk8s", "synth", "--no-check-upgrade");
    assert.equal(status, 0, stdout + stderr);
    assert.deepEqual(documents(cdk8s.read("dist/orders.k8s.yaml")), [expected]);
  });

  it("is deployed by Pulumi, compiled with its template's own settings", () => {
    pulumi.remove("bin");
    pulumi.copy("test/system/packages/pulumi-template/program/tsconfig.json", "tsconfig.json");
    pulumi.copy(`${example}/orders/index.ts`, "index.ts");
    const compiled = pulumi.run("tsc", "--pretty", "false");
    assert.deepEqual({ status: compiled.status, stdout: compiled.stdout }, { status: 0, stdout: "" });
    pulumi.write("mocks.cjs", underMocks);
    const { status, stdout, stderr } = pulumi.run("node", "mocks.cjs");
    assert.equal(status, 0, stderr);
    const [route, ...others] = JSON.parse(stdout) as Manifest[];
    assert.deepEqual(others, []);
    // The annotation with the time to wait is Pulumi's.
    const { name, namespace } = route?.metadata ?? {};
    assert.deepEqual({ ...route, metadata: { name, namespace } }, expected);
  });

  it("is read by the command", () => {
    const { status, stdout, stderr } = pulumi.run("gatewright", "synth", "orders.ts");
    assert.equal(status, 0, stderr);
    assert.deepEqual(documents(stdout), [expected]);
  });
});

function documents(yaml: string): unknown[] {
  return parseAllDocuments(yaml).map((document) => document.toJS() as unknown);
}
