import { lateAsText } from "../api/declared/late.ts";
import { DeclarationError, pathOf } from "../constructs/declaration-error.ts";
import type { IManifest } from "../constructs/host.ts";

/** Throws a {@link DeclarationError} unless a listener has this name: no route would attach to a missing one. */
export function requireListener(owner: IManifest, listeners: readonly { readonly name: string }[], name: string): void {
  // JavaScript may pass something other than a list; the schema check reports it.
  const names = Array.isArray(listeners) ? listeners.map((listener) => listener.name) : [];
  if (names.includes(name)) return;
  throw new DeclarationError(
    pathOf(owner),
    `this ${owner.kind} has no listener "${name}". Its listeners are ${names.map((known) => `"${lateAsText(known)}"`).join(", ")}.`,
  );
}
