import type { AnyObject } from "../../api/declared/declared.ts";
import { type JsonSchema, jsonSchema } from "../../api/kinds/json-schema.ts";
import { kinds } from "../../api/kinds/kinds.ts";
import { labels } from "./deployment.ts";

/** The name of the CRD for GatewayParameters. */
export const parametersCrdName = "gatewayparameters.gatewright.dev";

/** Returns the CRD for GatewayParameters, generated from the schema that Gatewright validates them with. */
export function parametersCrd(): AnyObject {
  const definition = kinds.find(({ kind }) => kind === "GatewayParameters");
  if (definition === undefined) throw new RangeError("There is no kind GatewayParameters");
  const { group, kind, plural, scope } = definition;
  const { spec } = jsonSchema(definition, "standard").properties as { readonly spec: JsonSchema };
  const openAPIV3Schema = {
    type: "object",
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec: structural(spec),
    },
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: parametersCrdName, labels },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular: plural, categories: ["gateway-api"] },
      scope,
      versions: [{ name: "v1alpha1", served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

/** Keywords with the same meaning in a structural schema of Kubernetes. */
const kept = [
  ...["type", "enum", "pattern", "required", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"],
] as const;

/**
 * Converts a JSON schema to a structural schema of Kubernetes. The API server prunes unknown fields, or refuses them
 * for strict clients. A structural schema cannot restrict the keys of a mapping, so the controller checks those.
 */
function structural(schema: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties } = schema as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly items?: JsonSchema;
    readonly additionalProperties?: JsonSchema | boolean;
  };
  return {
    // Server-side apply leaves null for a mapping whose fields were all removed.
    ...(schema.type === "object" && { nullable: true }),
    ...Object.fromEntries(kept.flatMap((keyword) => (keyword in schema ? [[keyword, schema[keyword]]] : []))),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, structural(field)])),
    }),
    ...(items !== undefined && { items: structural(items) }),
    ...(typeof additionalProperties === "object" && { additionalProperties: structural(additionalProperties) }),
  };
}
