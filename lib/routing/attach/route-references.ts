import type { MirrorShareSpec } from "../lower/filters.ts";
import type { RouteObject } from "../objects.ts";
import type { BackendReference } from "./backends.ts";

/** A reference in a rule of a route, and its field. */
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

/** The parts of a filter of an HTTPRoute or GRPCRoute that refer to other objects. */
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

/** Returns every reference of a route's rules, in document order. */
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
