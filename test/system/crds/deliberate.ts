/**
 * Where a schema of ours differs from the CRD on purpose: the line of the comparison, and why. What else the comparison
 * passes over on purpose stands where it does so: what `status` requires and fills in (lib/api/kinds/status.ts), and `metadata`, which
 * the API server checks (coverage.test.ts); `x-kubernetes-map-type` (crd-facts.ts); 64-bit integers (schema-facts.ts).
 */
export const deliberate: ReadonlyMap<string, string> = new Map([
  [
    "TLSRoute v1alpha2 spec.hostnames: the CRD has no default; ours is []",
    "v1 always has hostnames, and routing reads both versions alike",
  ],
]);
