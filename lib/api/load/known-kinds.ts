import type { Finding } from "../../findings/finding.ts";
import { referenceTo } from "../conversion/ledger.ts";
import { closedGroups, experimentalGroup, gatewayGroup, groupOf, successorOf } from "../conversion/versions.ts";
import type { Declared } from "../declared/declared.ts";
import { apiVersionOf, type KindDefinition, kindDefinition, kinds, unroutedKinds } from "../kinds/kinds.ts";
import { closest, distance } from "../schema/spelling.ts";

/**
 * Reports an object of a kind or version that does not exist (GW1005). That is certain only in the groups of the
 * Gateway API, and for versions of the other kinds that Gatewright reads. All other objects give no finding.
 */
export function unknownKind({ object, origin }: Declared): Finding | undefined {
  const { apiVersion, kind } = object;
  if (kindDefinition(apiVersion, kind) !== undefined || successorOf(apiVersion, kind) !== undefined) return undefined;
  const suggestion = suggest(apiVersion, kind);
  if (suggestion === undefined) return undefined;
  return {
    code: "GW1005",
    severity: "error",
    message: suggestion.message,
    object: referenceTo(object),
    origin,
    field: suggestion.field,
    given: suggestion.field === "kind" ? kind : apiVersion,
    ...(suggestion.allowed === undefined ? {} : { allowed: suggestion.allowed }),
    fix: suggestion.fix,
  };
}

const all = [...kinds, ...unroutedKinds];

interface Suggestion {
  readonly message: string;
  readonly field: "kind" | "apiVersion";
  readonly allowed?: string;
  readonly fix: string;
}

function suggest(apiVersion: string, kind: string): Suggestion | undefined {
  const group = groupOf(apiVersion);
  const sameGroup = all.find((known) => known.group === group && known.kind === kind);
  if (sameGroup !== undefined) return wrongVersion(apiVersion, sameGroup);
  const isOfAPI = (known: KindDefinition) => known.group === gatewayGroup || known.group === experimentalGroup;
  const gatewayKind = all.find((known) => isOfAPI(known) && known.kind === kind);
  if (gatewayKind !== undefined && isMeantAsGatewayGroup(group)) return wrongVersion(apiVersion, gatewayKind);
  if (closedGroups.includes(group)) return wrongKind(apiVersion, kind);
  return undefined;
}

/**
 * Reports, with one note per kind (GW1056), that there are objects of kinds that are validated and that routing does
 * not read. `explain`, `simulate`, `plan` and the proxy ignore their effect on traffic.
 */
export function unroutedNotes(declared: readonly Declared[]): Finding[] {
  return unroutedKinds.flatMap((definition): Finding[] => {
    const { kind } = definition;
    const found = declared.filter(
      ({ object }) => object.kind === kind && kindDefinition(object.apiVersion, kind) === definition,
    );
    const [first] = found;
    if (first === undefined) return [];
    const count = found.length === 1 ? `1 ${kind} is` : `${found.length} objects of the kind ${kind} are`;
    return [
      {
        code: "GW1056",
        severity: "note",
        message: `${count} checked as the API server does; routing does not read this kind.`,
        object: referenceTo(first.object),
        origin: first.origin,
        fix: "Ask the controller of the class what it does with them; explain, simulate and plan leave them out.",
      },
    ];
  });
}

/** The core group has no such kind, and no other project uses a group whose name is that close to the Gateway API's. */
function isMeantAsGatewayGroup(group: string): boolean {
  return group === "" || closedGroups.includes(group) || distance(group, gatewayGroup) <= 3;
}

function wrongVersion(apiVersion: string, { kind, group, versions }: KindDefinition): Suggestion {
  const served = versions.map(({ name }) => apiVersionOf(group, name));
  const [current = group] = served;
  return {
    message: `There is no ${kind} in ${apiVersion}.`,
    field: "apiVersion",
    allowed: served.join(", "),
    fix: `Write apiVersion: ${current}.`,
  };
}

function wrongKind(apiVersion: string, kind: string): Suggestion {
  const owner = groupOf(apiVersion) === experimentalGroup ? experimentalGroup : gatewayGroup;
  const names = all.filter(({ group }) => group === owner).map((known) => known.kind);
  const near = closest(kind, names);
  const advice = near === undefined ? "Name a kind of the Gateway API." : `Did you mean ${near}?`;
  return {
    message: `There is no kind ${kind} in ${apiVersion}.`,
    field: "kind",
    allowed: names.join(", "),
    fix: replacements.get(kind) ?? advice,
  };
}

/** Former kinds that were dropped after a release, with their replacements. */
const replacements: ReadonlyMap<string, string> = new Map([
  ["BackendLBPolicy", "Session persistence is a field of HTTPRoute and GRPCRoute rules, and of XBackendTrafficPolicy."],
  ["XListenerSet", "Write kind: ListenerSet."],
]);
