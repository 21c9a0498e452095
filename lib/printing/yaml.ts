import { Document, Scalar, visit } from "yaml";
import { needsYamlEscapes, yamlEscaped } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

export type Yaml = Printed<"yaml">;

const printer = printerOf("yaml", (value) => yaml(value).toString().trimEnd());

/**
 * A plain value as a YAML document. Scalars read the same under YAML 1.1 and 1.2, and characters that do not show as
 * themselves are escapes in double quotes, which read back as the same characters. An object that is used twice is
 * written twice, without anchors.
 */
export function yaml(value: unknown): Yaml {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, { Scalar: quoteWhatMayBeMisread });
  return printer.verbatim(yamlEscaped(document.toString({ lineWidth: 0 })));
}

/** Documents as one stream. */
export function yamlStream(documents: readonly Yaml[]): Yaml {
  return printer.join(documents, "---\n");
}

/** Words that YAML 1.1, which Kubernetes' own parser still follows in part, takes for booleans, null, or a merge. */
const words = /^(y|yes|n|no|true|false|on|off|null|~|<<|=|[-+]?\.inf|\.nan)$/i;
/** What could be a number, a sexagesimal, or a date: octal, hexadecimal, binary, exponents and underscores included. */
const numeric = /^[-+]?\.?(\d|_|e[-+]?\d)[\d_.,:a-fox+-]*$|^[-+.]+$|^\d{4}-\d/i;

/** Lines whose own spaces a block (`|`) could take for its indentation, or an editor take away. */
const looseSpaces = /^[ \t]*\n|^[ \t].*\n|[ \t](\n|$)/;

/** Quotes strings that one YAML version or another would read as something else, or not at all. */
function quoteWhatMayBeMisread(_key: unknown, node: Scalar): void {
  if (typeof node.value !== "string") return;
  // No YAML holds half of a surrogate pair; the API server reads it as U+FFFD.
  if (!node.value.isWellFormed()) node.value = node.value.toWellFormed();
  const value = node.value as string;
  if (words.test(value) || numeric.test(value) || needsYamlEscapes(value) || looseSpaces.test(value)) {
    node.type = Scalar.QUOTE_DOUBLE;
  }
}
