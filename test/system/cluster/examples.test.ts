import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { after, before, suite, test } from "node:test";
import { parseAllDocuments, stringify } from "yaml";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { root } from "../../../tools/build/layout.ts";
import { gatewright } from "../../unit/cli/gatewright.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installChannel } from "./gateway-api-crds.ts";
import { installMultiClusterServices } from "./mcs-crds.ts";

/** Programs and files whose manifests a cluster has to accept unchanged. */
const sources = ["examples/acme/acme.ts", ...globSync("examples/seed/*.yaml", { cwd: root }).sort()];

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
  await installChannel(cluster, "standard");
  await installMultiClusterServices(cluster);
});
after(() => cluster?.stop());

suite("a cluster takes what gatewright synth writes", () => {
  for (const source of sources) {
    test(`for ${source}, and gives it back unchanged`, async () => {
      const { code, stdout, stderr } = await gatewright(["synth", source]);
      assert.equal(code, 0, stderr);
      const written = parseAllDocuments(stdout).map((document) => document.toJS() as AnyObject);
      await makeNamespaces(written);
      try {
        await cluster.apply(stdout);
        for (const object of written) {
          assertHolds(await read(object), object, `${object.kind} ${object.metadata?.name}`);
        }
        // Applying the manifests again changes nothing: no default of the server counts as a difference.
        const before = await Promise.all(written.map(content));
        await cluster.apply(stdout);
        assert.deepEqual(await Promise.all(written.map(content)), before);
      } finally {
        await remove(written);
      }
    });
  }
});

/** Creates the namespaces that no program declares, because another party owns them. */
async function makeNamespaces(written: readonly AnyObject[]): Promise<void> {
  const names = new Set(written.flatMap(({ metadata }) => metadata?.namespace ?? []));
  for (const name of names) await cluster.apply(stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
}

/** Deletes objects, except namespaces: their deletion takes long, and the next program may declare them again. */
async function remove(written: readonly AnyObject[]): Promise<void> {
  const objects = written.filter(({ kind }) => kind !== "Namespace").map((object) => stringify(object));
  await cluster.kubectl(["delete", "--ignore-not-found", "--wait", "--filename=-"], { stdin: objects.join("---\n") });
}

async function read({ apiVersion, kind, metadata }: AnyObject): Promise<AnyObject> {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const type = group === "" ? kind : `${kind}.${version}.${group}`;
  const namespace = metadata?.namespace === undefined ? [] : ["--namespace", String(metadata.namespace)];
  const output = await cluster.kubectl(["get", type, String(metadata?.name), ...namespace, "--output", "json"]);
  return JSON.parse(output) as AnyObject;
}

/** Returns an object without its resourceVersion, which also counts writes without changes. */
async function content(object: AnyObject): Promise<unknown> {
  const { metadata, ...rest } = await read(object);
  const { resourceVersion: _, ...named } = metadata as { readonly resourceVersion?: string };
  return { ...rest, metadata: named };
}

/** Asserts that every written field has its value. The server may have added other fields. */
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
