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

/** The collections, strings and nulls of the YAML library, and the other scalars as kubectl reads them. */
const structural: readonly string[] = ["map", "seq", "str", "null"].map((name) => `tag:yaml.org,2002:${name}`);

const schema = new Schema({
  schema: "core",
  resolveKnownTags: false,
  customTags: (tags) => [
    ...tags.filter((tag) => typeof tag !== "string" && structural.includes(tag.tag)),
    ...scalarTags,
  ],
});

/** Duplicate keys are found in plain.ts, in linear time; the parser compares every key with every other. */
const options = { schema, uniqueKeys: false, prettyErrors: false, keepSourceTokens: false } as const;

/** The parser's stack holds the document and, for each collection, at most one entry besides its scalar. */
const stackLimit = limits.depth + 3;

/** A document's syntax tree, or the first thing that keeps it from being one. */
export type Composed = { readonly root: ParsedNode | null } | { readonly problem: ParseProblem };

/**
 * Parses the text of one document. Nesting is limited while the parser works, before anything recursive touches the
 * tree; only the first syntax error is reported, since what follows it is mostly its consequence.
 */
export function compose(text: string): Composed {
  const problem = unreadable(text);
  if (problem !== undefined) return { problem };
  const parser = new Parser();
  const composer = new Composer(options);
  const documents: Document.Parsed[] = [];
  // JSON has no text without quotes.
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
      // What is still open at the end is missing there, not on an empty line after it.
      offset: Math.min(trouble.pos[0], text.trimEnd().length),
      ...expectation(trouble.code),
    },
  };
}

/** kubectl reads a scalar with a tag that it does not know as text. */
function isTrouble({ code }: YAMLWarning): boolean {
  return code !== "TAG_RESOLVE_FAILED";
}

/** Without the text that the parser quotes: the place says where it is, and it may be the content of a Secret. */
function sentence(message: string): string {
  const [first = message] = message.split("\n");
  return first.replace(/: ".*$/, "").replace(/[.:]$/, "");
}

/** Offset of the first character of a node, after its anchor and tag. */
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
