import { CONTRACT } from "../api/contract/carried.ts";
import type { GatewayContract } from "../api/contract/contract.ts";
import { readContract } from "../api/contract/read.ts";
import { lateAsText } from "../api/declared/late.ts";
import { isLate, type Late, type LateValue, type ParentReference } from "../api/index.ts";
import { parentRefTo, type RouteParent } from "./parent.ts";

/**
 * A contract in a program: a typed contract, a contract imported from a JSON file (whose literals TypeScript widens to
 * strings), or a late value, such as an Output of another stack.
 */
export type GivenContract = GatewayContract | JsonContract | LateValue<unknown>;

/** The type that `import contract from "./contract.json"` gives a contract. */
export interface JsonContract {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: object;
}

/** Returns the Gateway of a contract as a parent for routes. Throws an Error for an invalid contract. */
export function contractedGateway(given: GivenContract): RouteParent & { readonly kind: "Gateway" } {
  const { name, namespace } = placeOf(given);
  const parentRef: ParentReference = Object.assign(parentRefTo("Gateway", name, namespace), { [CONTRACT]: given });
  return {
    kind: "Gateway",
    name,
    namespace,
    parentRef,
    listener: (sectionName) => {
      if (!isLate(given)) requireOffered(valid(given), sectionName);
      return { ...parentRef, sectionName };
    },
  };
}

function placeOf(given: GivenContract): GatewayContract["metadata"] {
  if (!isLate(given)) return valid(given).metadata;
  return { name: later(given, ({ name }) => name), namespace: later(given, ({ namespace }) => namespace) };
}

/** Returns a part of a late contract as a late value of the same form: a token that produces it, or an Output. */
function later(given: LateValue<unknown>, part: (metadata: GatewayContract["metadata"]) => Late<string>): Late<string> {
  const read = (contract: unknown) => part(valid(contract).metadata);
  if ("produce" in given) {
    const { produce } = given as { produce(): unknown };
    return { produce: () => read(produce.call(given)) as string };
  }
  return given.apply(read) as Late<string>;
}

function valid(given: unknown): GatewayContract {
  const { contract, findings } = readContract(given);
  if (contract !== undefined) return contract;
  const problems = findings.map(({ field, message, allowed, fix }) => {
    const accepted = allowed === undefined ? "" : ` Allowed: ${allowed}.`;
    return `  ${field === undefined || field === "" ? "(whole)" : field}: ${message}${accepted} ${fix ?? ""}`.trimEnd();
  });
  throw new Error(`Gateway.fromContract was given no valid GatewayContract:\n${problems.join("\n")}`);
}

function requireOffered({ metadata, spec }: GatewayContract, sectionName: string): void {
  const names = spec.listeners.map(({ name }) => name);
  if (names.includes(sectionName)) return;
  throw new Error(
    `the contract of Gateway ${lateAsText(metadata.namespace)}/${lateAsText(metadata.name)} offers no listener "${sectionName}". ` +
      `Its listeners are ${names.map((known) => `"${known}"`).join(", ")}.`,
  );
}
