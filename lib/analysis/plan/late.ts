import type { ApiObject } from "../../api/index.ts";
import type { Loaded } from "../../api/load/load.ts";
import { type Finding, sourceOf } from "../../findings/finding.ts";

/** Two configurations without the objects that cannot be compared because of late values. */
export interface Comparable {
  readonly before: Loaded;
  readonly after: Loaded;
  /**
   * A note (GW1171) about the objects that are left out on both sides. It is an error if the name or namespace of an
   * object is late, because its counterpart on the other side is then unknown.
   */
  readonly findings: readonly Finding[];
}

export function withoutLateObjects(before: Loaded, after: Loaded): Comparable {
  const open = [before, after].flatMap((loaded) => lateObjects(loaded));
  if (open.length === 0) return { before, after, findings: [] };
  const leftOut = new Set(open.map(({ key }) => key));
  const compared = (loaded: Loaded): Loaded => ({
    ...loaded,
    objects: loaded.objects.filter(({ object }) => !leftOut.has(keyOf(object))),
  });
  const nameless = open.filter(({ isNamed }) => !isNamed);
  const findings: Finding[] =
    nameless.length > 0
      ? [
          {
            code: "GW1171",
            severity: "error",
            message: `No plan can be made, because names or namespaces of objects become known only later: ${placesOf(nameless)}.`,
            fix: "Give these objects plain names and namespaces, or let the engine that deploys the program show the plan.",
          },
        ]
      : [
          {
            code: "GW1171",
            severity: "note",
            message: `The plan does not compare objects with late values: ${placesOf(open)}.`,
            fix: "Give the values where the plan is made, or let the engine that deploys the program show the plan.",
          },
        ];
  return { before: compared(before), after: compared(after), findings };
}

interface LateObject {
  readonly key: string;
  readonly place: string;
  readonly isNamed: boolean;
}

function lateObjects({ objects, late }: Loaded): readonly LateObject[] {
  if (late.fields.length === 0) return [];
  return objects.flatMap((declared): LateObject[] => {
    const fields = late.fieldsOf(declared);
    if (fields.length === 0) return [];
    const isNamed = !fields.some((field) => field === "metadata.name" || field === "metadata.namespace");
    return [{ key: keyOf(declared.object), place: sourceOf(declared.origin), isNamed }];
  });
}

function keyOf({ kind, metadata: { namespace = "", name } }: ApiObject): string {
  return `${kind} ${namespace}/${name}`;
}

function placesOf(objects: readonly LateObject[]): string {
  return [...new Set(objects.map(({ place }) => place))].join(", ");
}
