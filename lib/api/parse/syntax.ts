import type { ErrorCode } from "yaml";
import type { ParseProblem } from "./problem.ts";

type Expectation = Pick<ParseProblem, "allowed" | "fix">;

/** Returns, for an error code of the YAML parser, what it expected and how to fix the text. */
export function expectation(code: ErrorCode): Expectation {
  return expectations[code] ?? { fix: "Correct the syntax at this place." };
}

const expectations: Readonly<Partial<Record<ErrorCode, Expectation>>> = {
  TAB_AS_INDENT: {
    allowed: "spaces as indentation",
    fix: "Replace the tabs at the start of the line by spaces.",
  },
  BAD_INDENT: {
    allowed: "the entries of one mapping or list in the same column, and what belongs to an entry further right",
    fix: "Align this line with its neighbours, or close the bracket or quote before it.",
  },
  BLOCK_AS_IMPLICIT_KEY: {
    allowed: "`key: value` with a plain or quoted value on one line",
    fix: 'If the value holds ": ", put it in quotes; else start the nested mapping or list on a line of its own.',
  },
  MULTILINE_IMPLICIT_KEY: {
    allowed: "`key: value`, with the key on one line",
    fix: "Add the colon and blank that the line lacks, or close the quote or bracket of the line before it.",
  },
  MISSING_CHAR: {
    allowed: "the closing quote, bracket, colon or comma that the message names",
    fix: "Add the missing character.",
  },
  UNEXPECTED_TOKEN: {
    allowed: "a mapping entry (`key: value`) or a list item (`- value`)",
    fix: "Remove this token, or correct the line before it.",
  },
  BLOCK_IN_FLOW: {
    allowed: "only bracketed lists and mappings inside brackets",
    fix: "Write the nested collection with brackets as well, or the outer one without.",
  },
  BAD_SCALAR_START: {
    allowed: "a plain value that does not begin with a reserved character (@, `, %)",
    fix: "Put the value in quotes.",
  },
  BAD_DQ_ESCAPE: {
    allowed: 'the escapes of YAML, such as \\n, \\" and \\\\',
    fix: "Double the backslash, or use single quotes, in which a backslash stands for itself.",
  },
  BAD_ALIAS: {
    allowed: "an alias (*name) of an anchor (&name) that precedes it in the same document",
    fix: "Define the anchor before it is used; a value that begins with * has to be quoted.",
  },
  TAG_RESOLVE_FAILED: {
    allowed: "the tags of YAML's core schema: !!str, !!int, !!float, !!bool, !!null, !!map, !!seq",
    fix: "Remove the tag; manifests need none.",
  },
  BAD_DIRECTIVE: {
    allowed: "%YAML 1.2 or %TAG before ---",
    fix: "Remove the line; manifests need no directives.",
  },
  KEY_OVER_1024_CHARS: {
    allowed: "keys of at most 1024 characters",
    fix: "Shorten the key, or close the quote that it lacks.",
  },
};
