import type { Declared } from "../api/declared.ts";
import type { ExtensionKind } from "../api/extension.ts";
import type { Finding } from "../api/finding.ts";

/** Says what is wrong with the objects of an app. The same function for all charts or stacks that share its work. */
export type CheckObjects = (declared: readonly Declared[], filters: readonly ExtensionKind[]) => readonly Finding[];
