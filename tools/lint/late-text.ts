import { relative } from "node:path";
import ts from "typescript";

/** A place where a program converts a late value to text. */
export interface LateText {
  /** The place as `file:line:column`, counted from 1. */
  readonly place: string;
  readonly expression: string;
  readonly type: string;
}

/**
 * Finds every expression in these files that converts a possibly late value to text: parts of template literals,
 * operands of `+` next to text, arguments of `String`, keys in brackets, and the receivers of `toString` and `join`.
 * The text of a late value is never its value: Pulumi writes a warning, other engines `[object Object]`.
 */
export function lateTexts(program: ts.Program, files: readonly string[], root: string): readonly LateText[] {
  const checker = program.getTypeChecker();
  const found: LateText[] = [];
  for (const file of files) {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`${file} is not part of the program.`);
    const visit = (node: ts.Node): void => {
      for (const expression of turnedIntoText(node, checker)) {
        const type = checker.getTypeAtLocation(expression);
        if (!mayBeLate(type, checker)) continue;
        const { line, character } = source.getLineAndCharacterOfPosition(expression.getStart());
        found.push({
          place: `${relative(root, file)}:${line + 1}:${character + 1}`,
          expression: expression.getText(),
          type: checker.typeToString(type),
        });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

/** Returns the parts of a node that JavaScript converts to text. */
function turnedIntoText(node: ts.Node, checker: ts.TypeChecker): readonly ts.Expression[] {
  if (ts.isTemplateExpression(node) && !ts.isTaggedTemplateExpression(node.parent)) {
    return node.templateSpans.map(({ expression }) => expression);
  }
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    if (kind !== ts.SyntaxKind.PlusToken && kind !== ts.SyntaxKind.PlusEqualsToken) return [];
    return [node.left, node.right];
  }
  if (ts.isComputedPropertyName(node)) return [node.expression];
  if (ts.isElementAccessExpression(node)) return [node.argumentExpression];
  if (!ts.isCallExpression(node)) return [];
  const { expression: called } = node;
  if (ts.isIdentifier(called) && called.text === "String") return node.arguments.slice(0, 1);
  if (!ts.isPropertyAccessExpression(called)) return [];
  const { expression: receiver, name } = called;
  if (name.text === "toString" || name.text === "join") return [receiver];
  const isText = (checker.getTypeAtLocation(receiver).flags & ts.TypeFlags.StringLike) !== 0;
  return isText && name.text === "concat" ? node.arguments : [];
}

/** Reports whether a type has a member of a late value, or is a list of such a type. */
function mayBeLate(type: ts.Type, checker: ts.TypeChecker): boolean {
  if (type.isUnion()) return type.types.some((member) => mayBeLate(member, checker));
  if (checker.isArrayType(type) || checker.isTupleType(type)) {
    return checker.getTypeArguments(type as ts.TypeReference).some((item) => mayBeLate(item, checker));
  }
  if ((type.flags & ts.TypeFlags.TypeParameter) !== 0) {
    const constraint = checker.getBaseConstraintOfType(type);
    return constraint !== undefined && constraint !== type && mayBeLate(constraint, checker);
  }
  const isObject = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
  // Every function has an `apply` member of its own (Function.prototype).
  if (!isObject || type.getCallSignatures().length > 0 || hasOwnText(type)) return false;
  return type.getProperty("apply") !== undefined || type.getProperty("produce") !== undefined;
}

/** Reports whether a type is a placeholder. A placeholder is a late value too, but its text is meant to be shown. */
function hasOwnText(type: ts.Type): boolean {
  return type.getProperties().some(({ escapedName }) => String(escapedName).startsWith("__@placeholder@"));
}
