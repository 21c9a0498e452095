import type { Declared } from "../api/declared/declared.ts";
import type { ExtensionKind } from "../api/load/extension.ts";
import type { Finding } from "../findings/finding.ts";

/** Checks the objects of an app. Charts or stacks that use the same function share its results. */
export type CheckObjects = (declared: readonly Declared[], filters: readonly ExtensionKind[]) => readonly Finding[];
