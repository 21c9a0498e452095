import type { Declared } from "../api/declared/declared.ts";
import type { ExtensionKind } from "../api/load/extension.ts";
import type { Finding } from "../findings/finding.ts";

/** Says what is wrong with the objects of an app. The same function for all charts or stacks that share its work. */
export type CheckObjects = (declared: readonly Declared[], filters: readonly ExtensionKind[]) => readonly Finding[];
