import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { kinds as routedKinds, unroutedKinds } from "../../../lib/api/kinds/kinds.ts";

const kinds = [...routedKinds, ...unroutedKinds];

export interface StandInOptions {
  /** Plurals that may not be listed. */
  readonly forbidden?: readonly string[];
  /** Plurals without a CRD. */
  readonly missing?: readonly string[];
  readonly channel?: "standard" | "experimental";
  readonly bundle?: string;
  /** Every request is answered so. */
  readonly status?: number;
}

/** As much of an API server as a command reads: lists of objects and the annotations of CRDs. Returns a kubeconfig. */
export async function standInCluster(
  t: TestContext,
  directory: string,
  objects: readonly AnyObject[],
  { forbidden = [], missing = [], channel = "standard", bundle = "v1.7.0", status }: StandInOptions = {},
): Promise<string> {
  const server = createServer(({ url = "" }, answer) => {
    const [path = ""] = url.split("?");
    const plural = path.split("/").at(-1) ?? "";
    const send = (code: number, body: unknown) => {
      answer.writeHead(code, { "content-type": "application/json" });
      answer.end(JSON.stringify(body));
    };
    const failure = (message: string) => ({ kind: "Status", message });
    if (status !== undefined) return send(status, failure("Unauthorized"));
    if (path.includes("/customresourcedefinitions/")) {
      const annotations = {
        "gateway.networking.k8s.io/bundle-version": bundle,
        "gateway.networking.k8s.io/channel": channel,
      };
      return send(200, { kind: "CustomResourceDefinition", metadata: { name: plural, annotations } });
    }
    const discovered = discovery(path, missing);
    if (discovered !== undefined) return send(200, discovered);
    if (forbidden.includes(plural)) return send(403, failure(`bob may not list ${plural}`));
    const kind = kinds.find((one) => one.plural === plural && path === collectionOf(one));
    if (kind === undefined || missing.includes(plural)) return send(404, failure("not found"));
    const items = objects.filter((object) => object.kind === kind.kind);
    send(200, {
      apiVersion: path.split("/").slice(2, -1).join("/"),
      kind: `${kind.kind}List`,
      metadata: { resourceVersion: "1" },
      items: items.map(({ kind: _, apiVersion: __, ...item }) => item),
    });
  }).listen(0, "127.0.0.1");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const kubeconfig = join(directory, "kubeconfig");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(
    kubeconfig,
    JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: address, "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: {} }],
    }),
  );
  return kubeconfig;
}

function discovery(path: string, missing: readonly string[]): unknown {
  const served = kinds.filter((kind) => !missing.includes(kind.plural));
  const versions = served.map((kind) => collectionOf(kind).split("/").slice(0, -1).join("/"));
  if (path === "/apis") {
    const groupVersions = versions
      .filter((each) => each.startsWith("/apis/"))
      .map((each) => each.slice("/apis/".length));
    return {
      kind: "APIGroupList",
      groups: [...new Set(groupVersions)].map((each) => ({
        name: each.split("/")[0],
        versions: [{ groupVersion: each }],
      })),
    };
  }
  if (!versions.includes(path)) return undefined;
  const resources = served.filter((_, index) => versions[index] === path).map(({ plural }) => ({ name: plural }));
  return { kind: "APIResourceList", groupVersion: path.replace(/^\/apis?\//, ""), resources };
}

function collectionOf({ group, plural, versions }: (typeof kinds)[number]): string {
  const [newest] = versions;
  return `${group === "" ? "/api" : `/apis/${group}`}/${newest?.name}/${plural}`;
}
