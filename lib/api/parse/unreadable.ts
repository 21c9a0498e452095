import type { Problem } from "./problem.ts";

/**
 * What kubectl cannot read in a document, or reads as something else than YAML 1.2 says, and what the YAML library does
 * not find: the first such thing. Undefined for most documents. JSON is read by other rules, as kubectl has it.
 */
export function unreadable(text: string): Problem | undefined {
  if (isJson(text)) return undefined;
  const character = text.search(notPrintable);
  if (character !== -1) return unprintableCharacter(text, character);
  const marker = contentAfterMarker.exec(text)?.[1];
  if (marker !== undefined) return afterMarker(marker.length);
  if (directive.test(text)) return directiveProblem(text.search(/%/));
  return text.includes("\\") ? escapeProblem(text) : undefined;
}

/** Whether the document is one JSON value: kubectl tries JSON first where the text begins with a brace. */
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
 * Control characters other than tab and line breaks make no YAML text (YAML 1.2.2, 5.1, rule c-printable). U+0085, U+2028
 * and U+2029 are line breaks to YAML 1.1, and so to kubectl, and ordinary characters to YAML 1.2.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const notPrintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]/;

function unprintableCharacter(text: string, offset: number): Problem {
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

function afterMarker(offset: number): Problem {
  return {
    code: "GW1001",
    message: "Text stands after the document marker (---), where kubectl reads none",
    offset,
    allowed: "--- on a line of its own, or with a comment",
    fix: "Begin the document on the next line.",
  };
}

const directive = /^(?:[ \t]*(?:#.*)?\r?\n)*%/;

function directiveProblem(offset: number): Problem {
  return {
    code: "GW1001",
    message: "The document begins with a directive, which kubectl does not read",
    offset,
    allowed: "documents without %YAML and %TAG",
    fix: "Remove the line; manifests need no directives.",
  };
}

/** A double-quoted scalar, or something else that may hold quotes and backslashes, which is passed over. */
const quoted = /'(?:[^']|'')*'|(?:^|[\s,:[{])#.*|"((?:[^"\\]|\\[^])*)"/g;
const badEscape = /\\(?:[^])/g;

function escapeProblem(text: string): Problem | undefined {
  if (!/\\\/|\\u[dD][89a-fA-F]/.test(text)) return undefined;
  for (const found of text.matchAll(quoted)) {
    const inner = found[1];
    if (inner === undefined) continue;
    for (const escape of inner.matchAll(badEscape)) {
      const rest = inner.slice(escape.index);
      if (!/^\\(?:\/|u[dD][89a-fA-F])/.test(rest)) continue;
      const given = rest.startsWith("\\/") ? "\\/" : rest.slice(0, 6);
      return {
        code: "GW1001",
        message: "kubectl does not read this escape in YAML",
        offset: found.index + 1 + escape.index,
        given,
        allowed: "the escapes of YAML 1.1, and \\U with eight digits for characters beyond U+FFFF",
        fix: given === "\\/" ? "Write the slash without a backslash." : "Write the character itself.",
      };
    }
  }
  return undefined;
}
