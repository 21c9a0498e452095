import { kindDefinition } from "../../api/index.ts";
import type { Loaded } from "../../api/load/load.ts";
import type { Finding } from "../../findings/finding.ts";

/** The kinds of object that a finding reports as undeclared, by the finding's code. `given` names the object. */
const parents: Readonly<Record<string, readonly string[]>> = {
  GW2101: ["GatewayClass"],
  GW2301: ["Gateway"],
  GW2401: ["Gateway", "ListenerSet"],
};

/**
 * An object with an error takes no part in attachment, so references to it fail as if it were undeclared. It is
 * declared, and a message that denies this would mislead: such findings say that the object is invalid instead.
 */
export function withInvalidParents({ authored, objects }: Loaded, findings: readonly Finding[]): readonly Finding[] {
  const valid = new Set(objects.map(({ object }) => keyOf(object)));
  const invalid = new Set(
    authored
      .map(({ object }) => object)
      .filter(({ apiVersion, kind }) => kindDefinition(apiVersion, kind) !== undefined)
      .map(keyOf)
      .filter((key) => !valid.has(key)),
  );
  return findings.map((finding) => {
    const kind = parents[finding.code]?.find((one) => invalid.has(`${one} ${finding.given}`));
    if (kind === undefined) return finding;
    const message = `${kind} ${finding.given} is declared, and not valid.`;
    return { ...finding, message, fix: "Correct what it is refused for, which is told of itself." };
  });
}

function keyOf({ kind, metadata: { namespace, name } }: Loaded["authored"][number]["object"]): string {
  return kind === "GatewayClass" ? `${kind} ${name}` : `${kind} ${namespace ?? "default"}/${name}`;
}
