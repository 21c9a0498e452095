import { Document, Scalar, visit } from "yaml";
import { needsYamlEscapes, yamlEscaped } from "./characters.ts";
import { type Printed, printerOf } from "./printed.ts";

export type Yaml = Printed<"yaml">;

const printer = printerOf("yaml", (value) => yaml(value).toString().trimEnd());

/**
 * Formats plain data as a YAML document. Scalars have equal meanings in YAML 1.1 and 1.2. Characters that are not
 * visible as themselves become escapes in double quotes. An object that occurs twice is written twice, without anchors.
 */
export function yaml(value: unknown): Yaml {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, { Scalar: quoteWhatMayBeMisread });
  return printer.verbatim(yamlEscaped(document.toString({ lineWidth: 0 })));
}

/** Joins documents to a stream. */
export function yamlStream(documents: readonly Yaml[]): Yaml {
  return printer.join(documents, "---\n");
}

/** Words that YAML 1.1, which Kubernetes partly uses, reads as booleans, null or a merge key. */
const words = /^(y|yes|n|no|true|false|on|off|null|~|<<|=|[-+]?\.inf|\.nan)$/i;
/** Text that may be a number (in any base, with exponent or underscores), a sexagesimal number or a date. */
const numeric = /^[-+]?\.?(\d|_|e[-+]?\d)[\d_.,:a-fox+-]*$|^[-+.]+$|^\d{4}-\d/i;

/**
 * Matches lines with outer spaces, which a block scalar (`|`) may read as indentation, or which an editor may remove.
 */
const looseSpaces = /^[ \t]*\n|^[ \t].*\n|[ \t](\n|$)/;

/** Sets quotes on strings that some YAML version reads as another value or rejects. */
function quoteWhatMayBeMisread(_key: unknown, node: Scalar): void {
  if (typeof node.value !== "string") return;
  // YAML cannot contain a lone surrogate, which the API server reads as U+FFFD.
  if (!node.value.isWellFormed()) node.value = node.value.toWellFormed();
  const value = node.value as string;
  if (words.test(value) || numeric.test(value) || needsYamlEscapes(value) || looseSpaces.test(value)) {
    node.type = Scalar.QUOTE_DOUBLE;
  }
}
