import type { ParseProblem } from "./problem.ts";

/**
 * Returns the first problem in a document that the YAML library accepts and that kubectl rejects or reads differently
 * from YAML 1.2. JSON documents are exempt, because kubectl reads them with other rules.
 */
export function unreadable(text: string): ParseProblem | undefined {
  if (isJson(text)) return undefined;
  const character = text.search(notPrintable);
  if (character !== -1) return unprintableCharacter(text, character);
  const marker = contentAfterMarker.exec(text)?.[1];
  if (marker !== undefined) return afterMarker(marker.length);
  return directive.test(text) ? directiveProblem(text.search(/%/)) : undefined;
}

/** Returns true if the document is one JSON value. kubectl tries JSON first if the text begins with a brace. */
export function isJson(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * YAML allows no control characters other than tab and line breaks (YAML 1.2.2, 5.1, rule c-printable). U+0085, U+2028
 * and U+2029 are line breaks in YAML 1.1 and thus in kubectl, and ordinary characters in YAML 1.2.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const notPrintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]/;

function unprintableCharacter(text: string, offset: number): ParseProblem {
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, "0");
  const isBreak = ["0085", "2028", "2029"].includes(code);
  return {
    code: "GW1001",
    message: isBreak
      ? `The document holds the character U+${code}, which kubectl reads as a line break`
      : `The document holds the control character U+${code}, which no YAML or JSON text may hold`,
    offset,
    allowed: "printable characters, tabs and line breaks",
    fix: 'Check that this file is a manifest; inside a value write the character as an escape in double quotes, such as "\\u0007".',
  };
}

const contentAfterMarker = /^(---[ \t]*)(?![#\s])./;

function afterMarker(offset: number): ParseProblem {
  return {
    code: "GW1001",
    message: "Text stands after the document marker (---), where kubectl reads none",
    offset,
    allowed: "--- on a line of its own, or with a comment",
    fix: "Begin the document on the next line.",
  };
}

const directive = /^(?:[ \t]*(?:#.*)?\r?\n)*%/;

function directiveProblem(offset: number): ParseProblem {
  return {
    code: "GW1001",
    message: "The document begins with a directive, which kubectl does not read",
    offset,
    allowed: "documents without %YAML and %TAG",
    fix: "Remove the line; manifests need no directives.",
  };
}

/** Returns true if a document may contain escapes in double quotes that kubectl cannot read. */
export function mayHoldBadEscapes(text: string): boolean {
  return /\\\/|\\u[dD][89a-fA-F]/.test(text) && !isJson(text);
}

/** Finds the first escape in a double-quoted scalar that kubectl cannot read. `offset` is the scalar's start. */
export function badEscape(scalar: string, offset: number): ParseProblem | undefined {
  for (const { 0: found, index } of scalar.matchAll(/\\(?:u[dD][89a-fA-F][0-9a-fA-F]{2}|[\s\S])/g)) {
    if (found !== "\\/" && !/^\\u[dD]/.test(found)) continue;
    return {
      code: "GW1001",
      message: "kubectl does not read this escape in YAML",
      offset: offset + index,
      given: found,
      allowed: "the escapes of YAML 1.1, and \\U with eight digits for characters beyond U+FFFF",
      fix: found === "\\/" ? "Write the slash without a backslash." : "Write the character itself.",
    };
  }
  return undefined;
}
