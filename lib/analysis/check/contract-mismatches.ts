import { isDeepStrictEqual } from "node:util";
import type { ContractListener, DeclaredContract } from "../../api/contract/contract.ts";
import { type ContractClass, contractOf } from "../../api/contract/offer.ts";
import type { Declared } from "../../api/declared/declared.ts";
import type { Gateway } from "../../api/index.ts";
import { contractCodes } from "../../findings/catalog/contracts.ts";
import type { Finding } from "../../findings/finding.ts";

/**
 * Compares a Gateway with its contract (GW2603). A broken promise is an error; an offer beyond the contract is a note.
 * The Gateway may come from the sources or from a cluster.
 *
 * @param known the features that the Gateway's class supports now. If they are absent, features are not compared.
 */
export function contractMismatches(
  contract: Declared<DeclaredContract>,
  gateway: Pick<Declared<Gateway>, "object">,
  known: ContractClass = {},
): Finding[] {
  const promised = contract.object.spec;
  const offered = contractOf(gateway.object, known).spec;
  return [
    ...promised.listeners.flatMap((listener, index) => {
      const now = offered.listeners.find(({ name }) => name === listener.name);
      const field = `spec.listeners[${index}]`;
      return now === undefined
        ? [broken(contract, field, `The Gateway has no listener ${listener.name} any more.`, listener.name)]
        : differing(contract, listener, now, field);
    }),
    ...(isDeepStrictEqual(promised.allowedListeners, offered.allowedListeners)
      ? []
      : [broken(contract, "spec.allowedListeners", "The Gateway admits the ListenerSets of other namespaces now.")]),
    ...lostFeatures(contract, offered.features),
    ...offered.listeners
      .filter(({ name }) => !promised.listeners.some((listener) => listener.name === name))
      .map(({ name }) => more(contract, `The Gateway has a listener ${name} as well.`)),
  ];
}

const promises = ["port", "protocol", "hostname", "tlsMode", "namespaces"] as const;

function differing(
  contract: Declared<DeclaredContract>,
  promised: ContractListener,
  now: ContractListener,
  field: string,
): Finding[] {
  const { name } = promised;
  const changed = promises.filter((promise) => !isDeepStrictEqual(promised[promise], now[promise]));
  const lost = promised.kinds.filter((kind) => !now.kinds.includes(kind));
  const gained = now.kinds.filter((kind) => !promised.kinds.includes(kind));
  return [
    ...changed.map((promise) => {
      const message = `The ${promise} of listener ${name} is now ${words(now[promise])}.`;
      return broken(contract, `${field}.${promise}`, message, words(promised[promise]));
    }),
    ...(lost.length === 0
      ? []
      : [
          broken(contract, `${field}.kinds`, `Listener ${name} takes no ${lost.join(", ")} any more.`, lost.join(", ")),
        ]),
    ...gained.map((kind) => more(contract, `Listener ${name} takes ${kind} as well.`)),
  ];
}

function lostFeatures(contract: Declared<DeclaredContract>, now: readonly string[] | undefined): Finding[] {
  const lost = (contract.object.spec.features ?? []).filter((feature) => now !== undefined && !now.includes(feature));
  if (lost.length === 0) return [];
  return [broken(contract, "spec.features", `The class does not offer ${lost.join(", ")} any more.`, lost.join(", "))];
}

function words(value: unknown): string {
  if (value === undefined) return "not set";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function broken(contract: Declared<DeclaredContract>, field: string, message: string, given?: string): Finding {
  const { fix } = contractCodes.GW2603;
  return { ...finding(contract, message), severity: "error", field, ...(given === undefined ? {} : { given }), fix };
}

function more(contract: Declared<DeclaredContract>, message: string): Finding {
  return { ...finding(contract, message), severity: "note", fix: "Publish the contract again to tell of it." };
}

function finding({ object, origin }: Declared<DeclaredContract>, message: string) {
  const { apiVersion, kind, metadata } = object;
  const named = { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
  return { code: "GW2603", message, object: named, origin } as const;
}
