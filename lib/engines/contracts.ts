import { contractsCarriedBy } from "../api/contract/carried.ts";
import type { AnyObject, Declared } from "../api/declared/declared.ts";
import { isLate } from "../api/declared/late.ts";
import { originOf } from "../constructs/call-site.ts";
import type { IManifest } from "../constructs/host.ts";
import { referenceTo } from "../constructs/manifest.ts";
import { contractCodes } from "../findings/catalog/contracts.ts";
import type { Finding } from "../findings/finding.ts";
import { plain } from "../targets/plain.ts";

/**
 * Returns the contracts by which manifests refer to their Gateways, each once. The check treats them as the Gateways;
 * emitters do not write them. A contract that only an engine knows becomes a note (GW2604).
 */
export function contractsOf(manifests: readonly IManifest[]): {
  readonly declared: readonly Declared[];
  /** Contracts that only an engine knows, as late values. */
  readonly later: readonly Declared<unknown>[];
  readonly findings: readonly Finding[];
} {
  const declared = new Map<string, Declared>();
  const later = new Map<unknown, Declared<unknown>>();
  const findings: Finding[] = [];
  for (const manifest of manifests) {
    const origin = originOf(manifest);
    for (const given of carriedBy(manifest)) {
      const { value: contract, notPlain } = plain(given, isLate);
      if (notPlain.length > 0) {
        later.set(given, { object: given, origin });
        findings.push({ ...notKnown, object: referenceTo(manifest), origin });
      } else declared.set(JSON.stringify(contract), { object: contract as AnyObject, origin });
    }
  }
  return { declared: [...declared.values()], later: [...later.values()], findings };
}

const notKnown: Finding = {
  code: "GW2604",
  severity: "note",
  message: "The contract of a parent is known only later: the route is not checked against it yet.",
  field: "spec.parentRefs",
  fix: contractCodes.GW2604.fix,
};

/** If the spec throws, the code that reads the manifest reports it. */
function carriedBy(manifest: IManifest): readonly unknown[] {
  try {
    return contractsCarriedBy(manifest.toSpec());
  } catch {
    return [];
  }
}
