import type { RouteObject } from "../objects.ts";
import type { BackendReference } from "./backends.ts";

/** A reference that a rule makes, and its field. */
export type RouteReference =
  | { readonly use: "backend" | "mirror"; readonly field: string; readonly ref: BackendReference }
  | {
      readonly use: "extension";
      readonly field: string;
      readonly ref: { readonly group: string; readonly kind: string; readonly name: string };
    };

/** A filter of an HTTPRoute or a GRPCRoute, as far as it refers to something. */
interface ReferringFilter {
  readonly type: string;
  readonly requestMirror?: { readonly backendRef: BackendReference };
  readonly extensionRef?: { readonly group: string; readonly kind: string; readonly name: string };
}

interface ReferringRule {
  readonly filters?: readonly ReferringFilter[];
  readonly backendRefs?: readonly (BackendReference & { readonly filters?: readonly ReferringFilter[] })[];
}

/** Every reference of a route's rules, in the order of the document. */
export function referencesOf(route: RouteObject): readonly RouteReference[] {
  const rules: readonly ReferringRule[] = route.spec.rules ?? [];
  return rules.flatMap((rule, index) => {
    const field = `spec.rules[${index}]`;
    return [
      ...ofFilters(rule.filters, field),
      ...(rule.backendRefs ?? []).flatMap((ref, place): RouteReference[] => {
        const own = `${field}.backendRefs[${place}]`;
        return [{ use: "backend", field: own, ref }, ...ofFilters(ref.filters, own)];
      }),
    ];
  });
}

function ofFilters(filters: readonly ReferringFilter[] | undefined, field: string): readonly RouteReference[] {
  return (filters ?? []).flatMap(({ requestMirror, extensionRef }, index): RouteReference[] => {
    const place = `${field}.filters[${index}]`;
    return [
      ...(requestMirror === undefined
        ? []
        : [{ use: "mirror", field: `${place}.requestMirror.backendRef`, ref: requestMirror.backendRef } as const]),
      ...(extensionRef === undefined
        ? []
        : [{ use: "extension", field: `${place}.extensionRef`, ref: extensionRef } as const]),
    ];
  });
}
