import {
  Composer,
  type Document,
  isPair,
  Lexer,
  type Node,
  type ParsedNode,
  Parser,
  Schema,
  type YAMLError,
  type YAMLWarning,
} from "yaml";
import { isApostropheEscape } from "./apostrophe-escape.ts";
import { FlowColons } from "./flow-colons.ts";
import { limits } from "./limits.ts";
import type { ParseProblem } from "./problem.ts";
import { scalarTags } from "./scalars.ts";
import { expectation } from "./syntax.ts";
import { isJson, unreadable } from "./unreadable.ts";

/** Collections, strings and nulls are those of the YAML library. Other scalars are read as kubectl reads them. */
const structural: readonly string[] = ["map", "seq", "str", "null"].map((name) => `tag:yaml.org,2002:${name}`);

const schema = new Schema({
  schema: "core",
  resolveKnownTags: false,
  customTags: (tags) => [
    ...tags.filter((tag) => typeof tag !== "string" && structural.includes(tag.tag)),
    ...scalarTags,
  ],
});

/** plain.ts finds duplicate keys in linear time. The parser would compare every pair of keys. */
const options = { schema, uniqueKeys: false, prettyErrors: false, keepSourceTokens: false } as const;

/** The size of the parser's stack: the document, one entry per open collection, and a scalar. */
const stackLimit = limits.depth + 3;

/** A document's syntax tree, or the first problem that prevents parsing. */
export type Composed = { readonly root: ParsedNode | null } | { readonly problem: ParseProblem };

/**
 * Parses one document. It limits nesting during parsing, before recursive code sees the tree. It reports the first
 * syntax error only, because later errors are mostly its consequences.
 */
export function compose(text: string): Composed {
  const problem = unreadable(text);
  if (problem !== undefined) return { problem };
  const parser = new Parser();
  const composer = new Composer(options);
  const documents: Document.Parsed[] = [];
  // JSON has no plain scalars.
  const colons = isJson(text) ? undefined : new FlowColons();
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens += 1;
    const colon = colons?.next(lexeme, parser.offset + lexeme.length);
    if (colon !== undefined) return { problem: colon };
    if (tokens > limits.tokens) return { problem: tooMany(parser.offset) };
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    if (parser.stack.length > stackLimit) return { problem: tooDeep(parser.offset) };
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));
  return settle(documents, text);
}

function settle(documents: readonly Document.Parsed[], text: string): Composed {
  const [document] = documents;
  if (document === undefined) return { root: null };
  const isError = ({ code, pos }: YAMLError) => code !== "BAD_DQ_ESCAPE" || !isApostropheEscape(text, pos[0]);
  const trouble =
    document.errors.find(isError) ?? document.warnings.find(isTrouble) ?? documents[1]?.errors.find(isError);
  if (trouble === undefined) return { root: document.contents };
  return {
    problem: {
      code: "GW1001",
      message: `The document is not valid YAML: ${sentence(trouble.message)}`,
      // A construct that is open at the end is reported at the last character, not on an empty line after it.
      offset: Math.min(trouble.pos[0], text.trimEnd().length),
      ...expectation(trouble.code),
    },
  };
}

/** kubectl reads a scalar with an unknown tag as text, so this warning is no problem. */
function isTrouble({ code }: YAMLWarning): boolean {
  return code !== "TAG_RESOLVE_FAILED";
}

/** Removes the parser's quotation of the text: the position suffices, and the text may come from a Secret. */
function sentence(message: string): string {
  const [first = message] = message.split("\n");
  return first.replace(/: ".*$/, "").replace(/[.:]$/, "");
}

/** The offset of a node's first character, after its anchor and tag. */
export function offsetOf(node: unknown): number {
  if (isPair(node)) return offsetOf(node.key);
  return (node as Node | null)?.range?.[0] ?? 0;
}

function tooDeep(offset: number): ParseProblem {
  return {
    code: "GW1003",
    message: "The document nests collections too deeply",
    offset,
    allowed: `at most ${limits.depth} levels`,
    fix: "No Kubernetes object nests this deeply; check the indentation, or that this file is a manifest.",
  };
}

function tooMany(offset: number): ParseProblem {
  return {
    code: "GW1002",
    message: "The document holds too many values to be read",
    offset,
    allowed: `at most ${limits.tokens} tokens`,
    fix: "Divide it into one document for each object; no cluster stores an object of this size.",
  };
}
