import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Channel } from "../../../lib/api/schema/schema.ts";
import { gatewayApi } from "../../../tools/gateway-api.ts";

/** A schema in the form of a CRD (OpenAPI v3 with the extensions of Kubernetes). */
export interface OpenAPISchema {
  readonly properties?: Readonly<Record<string, OpenAPISchema>>;
  readonly required?: readonly string[];
  readonly items?: OpenAPISchema;
  readonly additionalProperties?: OpenAPISchema;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly oneOf?: readonly unknown[];
  readonly [keyword: string]: unknown;
}

export interface CustomResource {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: string;
  readonly versions: readonly CustomResourceVersion[];
}

export interface CustomResourceVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema: OpenAPISchema;
}

interface CustomResourceDefinition {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: OpenAPISchema };
    }[];
  };
}

/** Returns every CustomResourceDefinition of a channel, by kind. Other objects in its files are ignored. */
export function customResources(channel: Channel): CustomResource[] {
  const directory = join(gatewayApi(), "config/crd", channel);
  return readdirSync(directory)
    .filter((name) => name.endsWith(".yaml"))
    .flatMap((name) => documents(join(directory, name)))
    .filter(({ kind }) => kind === "CustomResourceDefinition")
    .map(({ spec: { group, scope, names, versions } }) => ({
      group,
      kind: names.kind,
      plural: names.plural,
      scope,
      versions: versions.map(({ schema, ...version }) => ({ ...version, schema: schema.openAPIV3Schema })),
    }))
    .sort((a, b) => a.kind.localeCompare(b.kind));
}

function documents(file: string): CustomResourceDefinition[] {
  return parseAllDocuments(readFileSync(file, "utf8")).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.contents === null ? [] : [document.toJS() as CustomResourceDefinition];
  });
}
