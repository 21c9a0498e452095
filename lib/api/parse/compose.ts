import {
  Composer,
  type Document,
  isPair,
  Lexer,
  type Node,
  type ParsedNode,
  Parser,
  type ScalarTag,
  Schema,
} from "yaml";
import { limits } from "./limits.ts";
import type { Problem } from "./problem.ts";
import { expectation } from "./syntax.ts";

/**
 * The booleans of YAML 1.1 that YAML 1.2 reads as text. kubectl takes them for booleans, so a header value written as a
 * bare `on` has to be found here and not by the API server.
 */
const kubernetesBoolean: ScalarTag = {
  tag: "tag:yaml.org,2002:bool",
  default: true,
  test: /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: (source) => /^(?:[yY]|[oO][nN])/.test(source),
};

const schema = new Schema({ schema: "core", resolveKnownTags: false, customTags: [kubernetesBoolean] });

/** Duplicate keys are found in plain.ts, in linear time; the parser compares every key with every other. */
const options = { schema, uniqueKeys: false, prettyErrors: false, keepSourceTokens: false } as const;

/** The parser's stack holds the document and, for each collection, at most one entry besides its scalar. */
const stackLimit = limits.depth + 3;

/** A document's syntax tree, or the first thing that keeps it from being one. */
export type Composed = { readonly root: ParsedNode | null } | { readonly problem: Problem };

/**
 * Parses the text of one document. Nesting is limited while the parser works, before anything recursive touches the
 * tree; only the first syntax error is reported, since what follows it is mostly its consequence.
 */
export function compose(text: string): Composed {
  const unprintable = text.search(notPrintable);
  if (unprintable !== -1) return { problem: unprintableCharacter(text, unprintable) };
  const parser = new Parser();
  const composer = new Composer(options);
  const documents: Document.Parsed[] = [];
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens += 1;
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
  const trouble = document.errors[0] ?? document.warnings[0] ?? documents[1]?.errors[0];
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

function tooDeep(offset: number): Problem {
  return {
    code: "GW1003",
    message: "The document nests collections too deeply",
    offset,
    allowed: `at most ${limits.depth} levels`,
    fix: "No Kubernetes object nests this deeply; check the indentation, or that this file is a manifest.",
  };
}

function tooMany(offset: number): Problem {
  return {
    code: "GW1002",
    message: "The document holds too many values to be read",
    offset,
    allowed: `at most ${limits.tokens} tokens`,
    fix: "Divide it into one document for each object; no cluster stores an object of this size.",
  };
}

/** YAML 1.2.2, 5.1, rule c-printable: control characters other than tab and line breaks make no YAML text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const notPrintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/;

function unprintableCharacter(text: string, offset: number): Problem {
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, "0");
  return {
    code: "GW1001",
    message: `The document holds the control character U+${code}, which no YAML or JSON text may hold`,
    offset,
    allowed: "printable characters, tabs and line breaks",
    fix: 'Check that this file is a manifest; inside a value write the character as an escape in double quotes, such as "\\u0007".',
  };
}
