import { at, type Fields, isFields, isList, present } from "./fields.ts";
import type { Ledger } from "./ledger.ts";
import { currentReference } from "./references.ts";

/** Finds the name of a Service's port by number. Undefined if no source declares the port, or if it has no name. */
export type PortName = (service: string, port: number) => string | undefined;

/** Converts a BackendPolicy of v1alpha1 to a BackendTLSPolicy. It reports that there is no host name to verify. */
export function convertBackendPolicy(spec: Fields, portName: PortName, ledger: Ledger): Fields {
  const { backendRefs, tls, ...rest } = spec;
  ledger.error("GW1309", "spec.tls", "The policy does not say which host name the backend's certificate has to carry", {
    allowed: "validation.hostname: a host name",
    fix: "Convert the document and add spec.validation.hostname.",
  });
  const { certificateAuthorityRef, options, ...otherTls } = isFields(tls) ? tls : {};
  if (tls !== undefined && !isFields(tls)) ledger.malformed("spec.tls", tls, "certificateAuthorityRef and options");
  for (const [key, value] of Object.entries(otherTls)) {
    ledger.malformed(at("spec.tls", key), value, "certificateAuthorityRef and options");
  }
  return present({
    ...rest,
    targetRefs: isList(backendRefs)
      ? backendRefs.map((ref, index) => convertTarget(ref, at("spec.backendRefs", index), portName, ledger))
      : backendRefs,
    validation:
      certificateAuthorityRef === undefined ? {} : { caCertificateRefs: [currentReference(certificateAuthorityRef)] },
    options,
  });
}

/** Converts a target. Current policies refer to a port by name (`sectionName`), and v1alpha1 by number. */
function convertTarget(ref: unknown, field: string, portName: PortName, ledger: Ledger): unknown {
  if (!isFields(ref)) return ref;
  const { port, ...rest } = ref;
  const target = currentReference(rest) as Fields;
  if (port === undefined) return target;
  const name =
    typeof port === "number" && typeof ref.name === "string" && ref.kind === "Service"
      ? portName(ref.name, port)
      : undefined;
  if (name === undefined) {
    ledger.lost(
      at(field, "port"),
      "A policy names a port of its target by the port's name, which the sources do not declare",
      {
        given: port,
        fix: "Add sectionName, the name of the Service's port, to the target; until then the policy holds for all its ports.",
      },
    );
    return target;
  }
  ledger.settled(at(field, "port"), `The port is named by sectionName now: ${name}`, { given: port });
  return { ...target, sectionName: name };
}

/** Converts a BackendTLSPolicy of v1alpha2, which has one `targetRef`, and `tls` instead of `validation`. */
export function convertEarlyBackendTlsPolicy(spec: Fields, namespace: string, ledger: Ledger): Fields {
  const { targetRef, tls, targetRefs, validation, ...rest } = spec;
  const target = isFields(targetRef) ? localTarget(targetRef, namespace, ledger) : targetRef;
  return present({
    ...rest,
    targetRefs: target === undefined ? targetRefs : [...(isList(targetRefs) ? targetRefs : []), target],
    validation: isFields(tls)
      ? { ...(isFields(validation) ? validation : {}), ...convertVerification(tls) }
      : validation,
    ...(tls === undefined || isFields(tls) ? {} : { tls }),
  });
}

function convertVerification({ caCertRefs, wellKnownCACerts, ...rest }: Fields): Fields {
  return present({ ...rest, caCertificateRefs: caCertRefs, wellKnownCACertificates: wellKnownCACerts });
}

function localTarget({ namespace: own, ...rest }: Fields, namespace: string, ledger: Ledger): Fields {
  if (own === undefined) return rest;
  if (own === namespace) {
    ledger.settled("spec.targetRef.namespace", "A policy's target is always of its own namespace", { given: own });
  } else {
    ledger.lost("spec.targetRef.namespace", "A policy's target has to be of its own namespace", {
      given: own,
      fix: `Declare the policy in the namespace ${String(own)}.`,
    });
  }
  return rest;
}
