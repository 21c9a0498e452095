import type { MirrorShareSpec } from "../lower/filters.ts";
import type { RouteObject } from "../objects.ts";
import type { BackendReference } from "./backends.ts";

/** A reference that a rule makes, and its field. */
export type RouteReference =
  | {
      readonly use: "backend";
      /** Index of the rule. */
      readonly rule: number;
      readonly field: string;
      readonly ref: BackendReference & { readonly weight?: number };
    }
  | {
      readonly use: "mirror";
      readonly rule: number;
      readonly field: string;
      readonly ref: BackendReference;
      readonly filter: MirrorFilter;
    }
  | {
      readonly use: "extension";
      readonly rule: number;
      readonly field: string;
      readonly ref: { readonly group: string; readonly kind: string; readonly name: string };
    };

interface MirrorFilter extends MirrorShareSpec {
  readonly backendRef: BackendReference;
}

/** A filter of an HTTPRoute or a GRPCRoute, as far as it refers to something. */
interface ReferringFilter {
  readonly type: string;
  readonly requestMirror?: MirrorFilter;
  readonly extensionRef?: { readonly group: string; readonly kind: string; readonly name: string };
}

interface ReferringRule {
  readonly filters?: readonly ReferringFilter[];
  readonly backendRefs?: readonly (BackendReference & {
    readonly weight?: number;
    readonly filters?: readonly ReferringFilter[];
  })[];
}

/** Every reference of a route's rules, in the order of the document. */
export function referencesOf(route: RouteObject): readonly RouteReference[] {
  const rules: readonly ReferringRule[] = route.spec.rules ?? [];
  return rules.flatMap(({ filters, backendRefs }, rule) => {
    const field = `spec.rules[${rule}]`;
    return [
      ...ofFilters(filters, rule, field),
      ...(backendRefs ?? []).flatMap((ref, place): RouteReference[] => {
        const own = `${field}.backendRefs[${place}]`;
        return [{ use: "backend", rule, field: own, ref }, ...ofFilters(ref.filters, rule, own)];
      }),
    ];
  });
}

function ofFilters(
  filters: readonly ReferringFilter[] | undefined,
  rule: number,
  owner: string,
): readonly RouteReference[] {
  return (filters ?? []).flatMap(({ requestMirror: mirror, extensionRef }, index): RouteReference[] => {
    const place = `${owner}.filters[${index}]`;
    const field = `${place}.requestMirror.backendRef`;
    return [
      ...(mirror === undefined
        ? []
        : [{ use: "mirror", rule, field, ref: mirror.backendRef, filter: mirror } as const]),
      ...(extensionRef === undefined
        ? []
        : [{ use: "extension", rule, field: `${place}.extensionRef`, ref: extensionRef } as const]),
    ];
  });
}
