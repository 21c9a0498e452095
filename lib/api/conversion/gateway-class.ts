import { type Fields, isFields, present } from "./fields.ts";
import type { Ledger } from "./ledger.ts";
import { currentGroup } from "./references.ts";

/**
 * Converts a GatewayClass of v1alpha1: renames `controller`, and drops a parametersRef's scope, which is now implied.
 */
export function convertGatewayClass(spec: Fields, ledger: Ledger): Fields {
  const { controller, parametersRef, ...rest } = spec;
  return present({
    ...rest,
    controllerName: rest.controllerName ?? controller,
    parametersRef: isFields(parametersRef) ? convertParametersRef(parametersRef, ledger) : parametersRef,
  });
}

function convertParametersRef(reference: Fields, ledger: Ledger): Fields {
  const { scope, group, ...rest } = reference;
  if (scope !== undefined) {
    ledger.settled(
      "spec.parametersRef.scope",
      "parametersRef has no scope any more: with a namespace it names a namespaced object",
      {
        given: scope,
      },
    );
  }
  if (scope === "Cluster") {
    const { namespace, ...clusterScoped } = rest;
    if (namespace !== undefined) {
      ledger.settled("spec.parametersRef.namespace", "The namespace was ignored for an object of scope Cluster", {
        given: namespace,
      });
    }
    return present({ group: currentGroup(group, rest.kind), ...clusterScoped });
  }
  return present({ group: currentGroup(group, rest.kind), ...rest });
}
