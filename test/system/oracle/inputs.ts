import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { kindDefinition, kinds, unroutedKinds } from "../../../lib/api/kinds/kinds.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { conformanceModule, gatewayApi } from "../../../tools/gateway-api.ts";

const groups = ["gateway.networking.k8s.io", "gateway.networking.x-k8s.io"];

/** The kinds that the CRDs define. */
export const ofTheAPI = [...kinds, ...unroutedKinds].filter(({ group }) => groups.includes(group));

/** A file that holds objects. */
export interface Manifest {
  readonly file: string;
  readonly text: string;
}

/** The files of the Gateway API that hold objects: examples, invalid examples, and what the conformance suite applies. */
export function manifests(): readonly Manifest[] {
  return [
    ...filesIn(gatewayApi(), ["examples/**/*.yaml", "hack/invalid-examples/**/*.yaml"]),
    ...filesIn(conformanceModule(), ["base/*.yaml", "mesh/*.yaml", "tests/**/*.yaml"]),
  ];
}

function filesIn(directory: string, patterns: readonly string[]): readonly Manifest[] {
  return globSync(patterns, { cwd: directory })
    .sort()
    .map((file) => ({ file, text: filledIn(readFileSync(join(directory, file), "utf8")) }));
}

/** The suite puts the names of a class and of its controller in before it applies a file. */
function filledIn(text: string): string {
  return text.replaceAll("{GATEWAY_CLASS_NAME}", "suite").replaceAll("{GATEWAY_CONTROLLER_NAME}", "acme.io/suite");
}

/** The objects of these files whose kind the CRDs define, and an object of each kind that no file holds. */
export function objectsOfTheAPI(): readonly AnyObject[] {
  const found = manifests().flatMap(({ file, text }) => parseDocuments(text, file).declared);
  const objects = found.map(({ object }) => object).filter(({ apiVersion, kind }) => isOfTheAPI(apiVersion, kind));
  return [...objects, ...tried];
}

function isOfTheAPI(apiVersion: string, kind: string): boolean {
  const definition = kindDefinition(apiVersion, kind);
  return definition !== undefined && ofTheAPI.includes(definition);
}

const targetRefs = [{ group: "", kind: "Service", name: "a" }];

const tried: readonly AnyObject[] = (
  [
    [
      "XBackend",
      {
        type: "ExternalHostname",
        port: { number: 443 },
        protocol: "HTTP2",
        externalHostname: { hostname: "api.acme.io" },
        tls: { mode: "ServerOnly", validation: { hostname: "api.acme.io", wellKnownCACertificates: "System" } },
      },
    ],
    [
      "XBackend",
      {
        type: "EndpointSelector",
        port: { number: 80 },
        endpointSelector: { matchLabels: { app: "a" } },
        sessionPersistence: { cookie: { name: "a" } },
      },
    ],
    [
      "XBackendTrafficPolicy",
      {
        targetRefs,
        retryConstraint: { budget: { percent: 20, interval: "10s" }, minRetryRate: { count: 3, interval: "1s" } },
      },
    ],
    ["XMesh", { controllerName: "acme.io/mesh", parametersRef: { group: "", kind: "ConfigMap", name: "a" } }],
    ["XMesh", { controllerName: "acme.io/other-mesh", description: "of another controller" }],
    [
      "XTelemetryPolicy",
      {
        targetRefs,
        tracing: {
          mode: "Enabled",
          provider: { backendRef: { name: "otel", port: 4317 }, headers: [{ name: "a", value: "b" }] },
          samplingRate: { numerator: 1 },
          parentBasedSampling: { mode: "Enabled", samplingRate: { numerator: 1 } },
          attributes: [{ name: "a", sourceType: "Literal", literalValue: "b" }],
        },
      },
    ],
  ] as const
).map(([kind, spec]) => ({
  apiVersion: "gateway.networking.x-k8s.io/v1alpha1",
  kind,
  metadata: { name: "a", namespace: "default", labels: { a: "b" }, annotations: { a: "b" } },
  spec,
}));
