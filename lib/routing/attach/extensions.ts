import { extensionKey } from "../../api/load/extension.ts";
import type { ExtensionObjectIR } from "../ir.ts";
import type { AttachOptions } from "./attachment.ts";
import type { ConditionProblem } from "./condition.ts";
import { isOpen } from "./controller-profile.ts";
import { opaqueNote, opaqueObjectHash } from "./opaque.ts";
import type { References } from "./references.ts";
import type { RouteReference } from "./route-references.ts";

/**
 * Resolves an ExtensionRef, which names an object in the route's own namespace (LocalObjectReference). A filter that
 * cannot be resolved must not be skipped (HTTPRouteFilter.type): the route stays accepted with ResolvedRefs False, and
 * requests that reach the filter are answered with 500. The reasons are those of ResolvedRefs: InvalidKind for an
 * unsupported kind, BackendNotFound for an object that does not exist. UnsupportedValue does not apply, because the
 * filter's `type` is valid.
 *
 * Under an open profile, a kind without a registered filter is opaque.
 */
export function resolveExtension(
  { objects, profile }: Pick<References, "objects" | "profile">,
  options: AttachOptions,
  namespace: string,
  { field, ref }: Extract<RouteReference, { readonly use: "extension" }>,
): { readonly object: ExtensionObjectIR; readonly problem?: ConditionProblem; readonly note?: ConditionProblem } {
  const key = extensionKey(ref);
  const given = `${key} ${ref.name}`;
  if (!objects.extensionKinds.has(key)) {
    if (isOpen(profile)) {
      const message = `Only the controller of the class knows what filters of kind ${key} do.`;
      return {
        object: { opaque: opaqueObjectHash(objects, ref, namespace, ref.name) ?? "" },
        note: opaqueNote("GW2420", `${field}.kind`, key, message),
      };
    }
    const message = `No filter is registered for ${key}, so requests that need ${ref.name} are answered 500.`;
    const allowed = [...objects.extensionKinds].sort().join(", ");
    const problem: ConditionProblem = { code: "GW2415", field: `${field}.kind`, message, given, allowed };
    return { object: { invalid: "InvalidKind", message: `No filter is registered for ${key}.` }, problem };
  }
  const found = objects.extensions.get(`${key}/${namespace}/${ref.name}`)?.object;
  if (found !== undefined) return { object: found.spec === undefined ? {} : { spec: found.spec } };
  const absence = `${key} ${namespace}/${ref.name} does not exist, or is not valid.`;
  const object = { invalid: "BackendNotFound", message: absence };
  const { undeclared, undeclaredExtensions = undeclared } = options;
  if (undeclaredExtensions === "exists") return { object };
  const message = `${absence} Requests that need it are answered 500.`;
  const missing = { kind: ref.kind, name: `${namespace}/${ref.name}` };
  return { object, problem: { code: "GW2416", field: `${field}.name`, message, given, undeclared: missing } };
}
