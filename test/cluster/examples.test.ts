import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { parseAllDocuments, stringify } from "yaml";
import type { AnyObject } from "../../lib/api/declared.ts";
import { gatewright } from "../cli/gatewright.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installChannel } from "./gateway-api-crds.ts";

/** Programs and files whose manifests a cluster has to take as they are. */
const sources = [
  ["examples/acme/acme.ts"],
  ["examples/seed/1-acme-store.yaml"],
  ["examples/seed/2-canary-weights.yaml"],
  ["examples/seed/6-canary-header.yaml"],
];

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
  await installChannel(cluster, "standard");
});
after(() => cluster?.stop());

suite("a cluster takes what gatewright synth writes", () => {
  for (const source of sources) {
    test(`for ${source.join(" ")}, and gives it back unchanged`, async () => {
      const { code, stdout, stderr } = await gatewright(["synth", ...source]);
      assert.equal(code, 0, stderr);
      const written = parseAllDocuments(stdout).map((document) => document.toJS() as AnyObject);
      const namespaces = new Set(written.flatMap(({ metadata }) => metadata?.namespace ?? []));
      const missing = [...namespaces].filter(
        (name) => !written.some((own) => own.kind === "Namespace" && own.metadata?.name === name),
      );
      try {
        await cluster.apply(
          missing.map((name) => stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } })).join("---\n") +
            "---\n" +
            stdout,
        );
        for (const object of written)
          assertHolds(await read(object), object, `${object.kind} ${object.metadata?.name}`);
        // What is applied again changes nothing: no default of the server's is taken for a difference.
        const before = await Promise.all(written.map(content));
        await cluster.apply(stdout);
        assert.deepEqual(await Promise.all(written.map(content)), before);
      } finally {
        await cluster.kubectl(["delete", "--ignore-not-found", "--wait", "--filename=-"], { stdin: stdout });
        for (const name of missing.filter((own) => own !== "default"))
          await cluster.kubectl(["delete", "namespace", name, "--wait"]);
      }
    });
  }
});

async function read({ apiVersion, kind, metadata }: AnyObject): Promise<AnyObject> {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const type = group === "" ? kind : `${kind}.${version}.${group}`;
  const namespace = metadata?.namespace === undefined ? [] : ["--namespace", String(metadata.namespace)];
  const output = await cluster.kubectl(["get", type, String(metadata?.name), ...namespace, "--output", "json"]);
  return JSON.parse(output) as AnyObject;
}

/** All of an object but the number of its last write, which counts writes that change nothing. */
async function content(object: AnyObject): Promise<unknown> {
  const { metadata, ...rest } = await read(object);
  const { resourceVersion: _, ...named } = metadata as { readonly resourceVersion?: string };
  return { ...rest, metadata: named };
}

/** Every field that was written is there with its value; the server may have added others. */
function assertHolds(found: unknown, written: unknown, path: string): void {
  if (Array.isArray(written)) {
    assert.ok(Array.isArray(found) && found.length === written.length, `${path}: ${JSON.stringify(found)}`);
    written.forEach((item, index) => {
      assertHolds(found[index], item, `${path}[${index}]`);
    });
  } else if (written !== null && typeof written === "object") {
    for (const [name, value] of Object.entries(written)) {
      assertHolds((found as Record<string, unknown> | undefined)?.[name], value, `${path}.${name}`);
    }
  } else {
    assert.deepEqual(found, written, path);
  }
}
