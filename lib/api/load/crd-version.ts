import { kinds } from "../kinds/kinds.ts";

/** The Gateway API version of these schemas and rules, which is the bundle version of its CRDs. */
export const crdVersion = "v1.7.0";

/** The names of the Gateway API's CRDs for the kinds that Gatewright knows. */
export const gatewayCrdNames: readonly string[] = kinds
  .filter(({ group }) => group === "gateway.networking.k8s.io")
  .map(({ plural, group }) => `${plural}.${group}`);
