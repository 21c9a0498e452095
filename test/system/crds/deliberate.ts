/**
 * Intended differences between our schemas and the CRDs: the line of the comparison, and the reason. The comparison
 * ignores other intended differences where they arise: what `status` requires and fills in (lib/api/kinds/status.ts),
 * `metadata`, which the API server validates (coverage.test.ts), `x-kubernetes-map-type` (crd-facts.ts), and 64-bit
 * integers (schema-facts.ts).
 */
export const deliberate: ReadonlyMap<string, string> = new Map([
  [
    "TLSRoute v1alpha2 spec.hostnames: the CRD has no default; ours is []",
    "v1 always has hostnames, and routing reads both versions alike",
  ],
]);
