import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { kindDefinition } from "../../../../lib/api/kinds/kinds.ts";
import type { Channel } from "../../../../lib/api/schema/schema.ts";
import { gatewayApi } from "../../../../tools/gateway-api.ts";
import type { ApiProxy } from "./api-proxy.ts";

/** An object from a file of the Gateway API's module. */
export interface Example {
  /** Path of the file in the module. */
  readonly file: string;
  readonly object: AnyObject;
}

/** Returns every object of the module's examples and invalid examples that the channel serves and Gatewright knows. */
export function examplesOf(channel: Channel): Example[] {
  return ["examples", "hack/invalid-examples"].flatMap((directory) =>
    globSync("**/*.yaml", { cwd: join(gatewayApi(), directory) })
      .filter((file) => channel === "experimental" || file.startsWith("standard/"))
      .sort()
      .flatMap((file) => objectsOf(join(directory, file))),
  );
}

function objectsOf(file: string): Example[] {
  const documents = parseAllDocuments(readFileSync(join(gatewayApi(), file), "utf8"));
  return documents
    .map((document) => document.toJS() as AnyObject | null)
    .filter((object) => object !== null)
    .filter(({ apiVersion, kind }) => kindDefinition(apiVersion, kind) !== undefined && kind !== "Namespace")
    .map((object) => ({ file, object }));
}

/** Creates the namespaces of the objects: the API server validates an object only if its namespace exists. */
export async function makeNamespaces(proxy: ApiProxy, objects: readonly AnyObject[]): Promise<void> {
  const names = new Set(objects.flatMap(({ metadata }) => metadata?.namespace ?? []));
  for (const name of names) {
    const { status, body } = await proxy.call("POST", "/api/v1/namespaces", { metadata: { name } });
    if (status !== 201 && status !== 409) throw new Error(`Namespace ${name}: ${status} ${JSON.stringify(body)}`);
  }
}
