import { kinds } from "../kinds/kinds.ts";

/** The version of the Gateway API whose schemas and rules these are, as its CRDs name it: their bundle version. */
export const crdVersion = "v1.7.0";

/** The names of the CRDs of the Gateway API, of every kind that Gatewright knows. */
export const gatewayCrdNames: readonly string[] = kinds
  .filter(({ group }) => group === "gateway.networking.k8s.io")
  .map(({ plural, group }) => `${plural}.${group}`);
