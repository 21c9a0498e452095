import type { IConstruct } from "constructs";

/**
 * The error that a construct throws if it cannot be created as requested. `construct` is the path of the construct at
 * fault, so that a command or an engine can report the place.
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

/** Returns the path of a construct for messages. The root, whose path is empty, becomes `(root)`. */
export function pathOf(construct: IConstruct): string {
  return construct.node.path === "" ? "(root)" : construct.node.path;
}

/** Returns the path that a construct `id` below `scope` has or would have. */
export function pathBelow(scope: IConstruct, id: string): string {
  return scope.node.path === "" ? id : `${scope.node.path}/${id}`;
}
