import type { Declared } from "../../api/declared/declared.ts";
import type { BackendTLSPolicy, Service } from "../../api/index.ts";
import type { CertificateSourceIR } from "../ir.ts";
import { byAge, keyOf, namespaceOf } from "../objects.ts";
import type { PolicyVerdict } from "./attachment.ts";
import { type CertificateCodes, type Resolved, trustAnchors } from "./certificates.ts";
import { type Condition, type ConditionProblem, conditionsOf } from "./condition.ts";
import { isOpen } from "./controller-profile.ts";
import { opaqueNote } from "./opaque.ts";
import type { References } from "./references.ts";

/** All BackendTLSPolicies, judged, and the policy in force for each port of a Service. */
export interface TlsPolicies {
  /** Keyed by `namespace/name`. */
  readonly verdicts: ReadonlyMap<string, PolicyVerdict>;
  /** Returns the policy for a port. A sectionName that names the port wins over the whole Service (GEP-1897). */
  readonly governing: (service: string, portName: string | undefined) => PolicyVerdict | undefined;
}

const codes: CertificateCodes = { invalid: "GW2505", kind: "GW2506", notPermitted: "GW2505", opaque: "GW2520" };

/** Judges all policies, oldest first, because the oldest of several policies for one target wins. */
export function judgePolicies(references: References): TlsPolicies {
  const holders = new Map<string, PolicyVerdict>();
  const verdicts = new Map<string, PolicyVerdict>();
  const inOrder = [...references.objects.backendTLSPolicies.values()].sort((a, b) => byAge(a.object, b.object));
  for (const declared of inOrder) {
    const targets = targetsOf(declared.object, references, holders);
    const verdict = judge(declared, targets, references);
    verdicts.set(keyOf(declared.object), verdict);
    for (const target of targets) if ("key" in target) holders.set(target.key, verdict);
  }
  const inOrderOfName = [...references.objects.backendTLSPolicies.keys()].flatMap((key) => {
    const verdict = verdicts.get(key);
    return verdict === undefined ? [] : [[key, verdict] as const];
  });
  return {
    verdicts: new Map(inOrderOfName),
    governing: (service, portName) =>
      (portName === undefined ? undefined : holders.get(targetKey(service, portName))) ??
      holders.get(targetKey(service, undefined)),
  };
}

/** A target that the policy governs, a target that only the controller of the class knows, or a problem. */
type Target = { readonly key: string } | { readonly note: ConditionProblem } | { readonly problem: ConditionProblem };

function targetsOf(
  policy: BackendTLSPolicy,
  references: References,
  holders: ReadonlyMap<string, PolicyVerdict>,
): readonly Target[] {
  return policy.spec.targetRefs.map((ref, index): Target => {
    const field = `spec.targetRefs[${index}]`;
    if (ref.group !== "" || ref.kind !== "Service") {
      const given = ref.group === "" ? ref.kind : `${ref.group}/${ref.kind}`;
      if (isOpen(references.profile)) {
        const message = `Only the controller of the class knows whether the policy governs ${given} ${ref.name}.`;
        return { note: opaqueNote("GW2520", `${field}.kind`, given, message) };
      }
      const message = `${given} ${ref.name} cannot be governed by this policy.`;
      return { problem: { code: "GW2503", field: `${field}.kind`, message, given, allowed: "Service" } };
    }
    const service = `${namespaceOf(policy)}/${ref.name}`;
    const missing = missingTarget(service, ref.sectionName, references, field);
    if (missing !== undefined) return { problem: missing };
    const key = targetKey(service, ref.sectionName);
    const holder = holders.get(key);
    if (holder === undefined) return { key };
    const given =
      ref.sectionName === undefined ? `Service ${service}` : `port ${ref.sectionName} of Service ${service}`;
    const message = `BackendTLSPolicy ${keyOf(holder.declared.object)} governs ${given} already.`;
    return { problem: { code: "GW2502", field, message, given } };
  });
}

function missingTarget(
  service: string,
  sectionName: string | undefined,
  { objects, undeclared }: References,
  field: string,
): ConditionProblem | undefined {
  const declared: Service | undefined = objects.services.get(service)?.object;
  if (declared === undefined) {
    if (undeclared === "exists") return undefined;
    const message = `Service ${service} does not exist.`;
    const missing = { kind: "Service", name: service };
    return { code: "GW2501", field: `${field}.name`, message, given: service, undeclared: missing };
  }
  const ports = (declared.spec?.ports ?? []).map((port) => port.name ?? "");
  if (sectionName === undefined || ports.includes(sectionName)) return undefined;
  return {
    code: "GW2501",
    field: `${field}.sectionName`,
    message: `Service ${service} has no port named ${sectionName}.`,
    given: sectionName,
    allowed: ports.filter((name) => name !== "").join(", "),
  };
}

function targetKey(service: string, portName: string | undefined): string {
  return portName === undefined ? service : `${service}#${portName}`;
}

/** Accepts a policy if it governs at least one target and at least one of its CA certificates can be used. */
function judge(
  declared: Declared<BackendTLSPolicy>,
  targets: readonly Target[],
  references: References,
): PolicyVerdict {
  const { validation } = declared.object.spec;
  const lost = targets.flatMap((target) => ("problem" in target ? [target.problem] : []));
  const anchors = anchorsOf(declared.object, references);
  const found = anchors.flatMap(({ found }) => (found === undefined ? [] : [found]));
  const unresolved = anchors.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  const opaque = anchors.flatMap(({ note }) => (note === undefined ? [] : [note]));
  const trust = trustProblems(validation.wellKnownCACertificates, anchors.length, found.length + opaque.length);
  const open = isOpen(references.profile);
  const refusals = [
    ...(lost.length === targets.length ? lost : []),
    ...(open ? trust.filter(({ code }) => code !== "GW2503") : trust),
  ];
  const unknownSets = open ? trust.filter(({ code }) => code === "GW2503").map(({ given = "" }) => given) : [];
  const notes = [
    ...targets.flatMap((target) => ("note" in target ? [target.note] : [])),
    ...opaque,
    ...(open ? trust.filter(({ code }) => code === "GW2503").map(unknownTrust) : []),
  ];
  const accepted = refusals.length === 0;
  return {
    declared,
    accepted,
    conditions: conditions(declared.object, refusals, unresolved, lost),
    problems: [...lost, ...refusals.filter((refusal) => !lost.includes(refusal)), ...unresolved, ...notes],
    trust: anchors.length === 0 && unknownSets.length === 0 ? "System" : found,
    opaqueTrust: [
      ...opaque.map(({ given = "", field = "" }) => `${given} ${nameAt(declared.object, field)}`),
      ...unknownSets,
    ],
  };
}

/** Returns the name in the CA certificate reference at a field, such as `store/roots`. */
function nameAt(policy: BackendTLSPolicy, field: string): string {
  const index = Number(/\[(\d+)\]/.exec(field)?.[1]);
  return `${namespaceOf(policy)}/${policy.spec.validation.caCertificateRefs?.[index]?.name}`;
}

function unknownTrust({ field = "", given = "" }: ConditionProblem): ConditionProblem {
  const message = `Only the controller of the class knows the set of CA certificates ${given === "" ? "to use" : given}.`;
  return opaqueNote("GW2520", field, given, message);
}

function anchorsOf(policy: BackendTLSPolicy, references: References): readonly Resolved<CertificateSourceIR>[] {
  const from = { kind: "BackendTLSPolicy", namespace: namespaceOf(policy) };
  return (policy.spec.validation.caCertificateRefs ?? []).map((ref, index) =>
    // The references of a policy stay in its own namespace, so no ReferenceGrant is needed.
    trustAnchors(references, ref, from, `spec.validation.caCertificateRefs[${index}]`, codes),
  );
}

function trustProblems(wellKnown: string | undefined, listed: number, found: number): readonly ConditionProblem[] {
  const field = "spec.validation";
  if (listed > 0) {
    if (found > 0) return [];
    const message = "None of the CA certificates can be used.";
    return [{ code: "GW2504", field: `${field}.caCertificateRefs`, message, summary: true }];
  }
  if (wellKnown === "System") return [];
  const given = wellKnown ?? "";
  const message = `The set of CA certificates ${given === "" ? "is not named" : `${given} is not known`}.`;
  return [{ code: "GW2503", field: `${field}.wellKnownCACertificates`, message, given, allowed: "System" }];
}

function conditions(
  policy: BackendTLSPolicy,
  refusals: readonly ConditionProblem[],
  unresolved: readonly ConditionProblem[],
  lost: readonly ConditionProblem[],
): readonly Condition[] {
  const write = conditionsOf(policy);
  const partly = lost.length === 0 ? "" : ` Some targets are left out: ${lost.map(({ message }) => message).join(" ")}`;
  return [
    refusals.length === 0
      ? write.yes("Accepted", "Accepted", `The policy is accepted.${partly}`)
      : write.no("Accepted", refusals),
    unresolved.length === 0
      ? write.yes("ResolvedRefs", "ResolvedRefs", "All references resolve.")
      : write.no("ResolvedRefs", unresolved),
  ];
}
