import type { IConstruct } from "constructs";

/**
 * What a construct throws when it cannot be made as asked. `construct` is the path of the construct at fault, so that
 * whoever catches it (a command, an engine) can say where.
 */
export class DeclarationError extends Error {
  /** Path in the construct tree, such as `acme/edge/acme-external`. */
  readonly construct: string;
  /** The message without the path. */
  readonly problem: string;

  constructor(construct: string, problem: string) {
    super(`${construct}: ${problem}`);
    this.name = "DeclarationError";
    this.construct = construct;
    this.problem = problem;
  }
}

/** The path of a construct as messages show it; the root of a tree has an empty one. */
export function pathOf(construct: IConstruct): string {
  return construct.node.path === "" ? "(root)" : construct.node.path;
}

/** The path that a construct `id` below `scope` has or would have. */
export function pathBelow(scope: IConstruct, id: string): string {
  return scope.node.path === "" ? id : `${scope.node.path}/${id}`;
}
