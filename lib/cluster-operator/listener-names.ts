import { lateAsText } from "../api/declared/late.ts";
import { DeclarationError, pathOf } from "../constructs/declaration-error.ts";
import type { IManifest } from "../constructs/host.ts";

/** Throws a {@link DeclarationError} unless one of `listeners` has this name: a reference to no listener attaches nothing. */
export function requireListener(owner: IManifest, listeners: readonly { readonly name: string }[], name: string): void {
  // In JavaScript there may be no list; the schema check reports that.
  const names = Array.isArray(listeners) ? listeners.map((listener) => listener.name) : [];
  if (names.includes(name)) return;
  throw new DeclarationError(
    pathOf(owner),
    `this ${owner.kind} has no listener "${name}". Its listeners are ${names.map((known) => `"${lateAsText(known)}"`).join(", ")}.`,
  );
}
