/** How a property differs: in what the program says now from what is there. */
export interface Difference {
  /** Such as `spec.rules[0].backendRefs[1].weight`. */
  readonly path: string;
  readonly kind: "ADD" | "DELETE" | "UPDATE";
}

/**
 * Part of the provider's stand-in: what the program says now, against what is there of what it said before. What the
 * server added is nobody's difference.
 */
export function differences(now: unknown, before: unknown, live: unknown, path = ""): readonly Difference[] {
  if (Array.isArray(now)) {
    const [had, has] = [Array.isArray(before) ? before : [], Array.isArray(live) ? live : []];
    const count = Math.max(now.length, had.length);
    return Array.from({ length: count }, (_, i) => i).flatMap((i) => {
      const at = `${path}[${i}]`;
      if (i >= now.length) return [{ path: at, kind: "DELETE" }] as const;
      return differences(now[i], had[i], has[i], at);
    });
  }
  if (isRecord(now)) {
    const [had, has] = [isRecord(before) ? before : {}, isRecord(live) ? live : {}];
    const below = (key: string) => (path === "" ? key : `${path}.${key}`);
    const gone = Object.keys(had).filter((key) => !(key in now) && key in has);
    return [
      ...Object.keys(now).flatMap((key) => differences(now[key], had[key], has[key], below(key))),
      ...gone.map((key): Difference => ({ path: below(key), kind: "DELETE" })),
    ];
  }
  if (Object.is(now, live) || now === undefined || now === null) return [];
  return [{ path, kind: live === undefined ? "ADD" : "UPDATE" }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
