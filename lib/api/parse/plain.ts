import { isAlias, isMap, isScalar, isSeq, type ParsedNode, Scalar, type YAMLMap } from "yaml";
import { mayHoldApostropheEscape, withApostrophes } from "./apostrophe-escape.ts";
import { offsetOf } from "./compose.ts";
import { limits } from "./limits.ts";
import type { ParseProblem } from "./problem.ts";
import { badEscape, mayHoldBadEscapes } from "./unreadable.ts";

/** A document as plain data. If `problems` contains a GW1003, the value is incomplete and must not be used. */
export interface PlainDocument {
  readonly value: unknown;
  readonly problems: readonly ParseProblem[];
}

/**
 * Converts a document's syntax tree to plain objects, arrays and scalars, in one pass. Aliases become copies, up to the
 * limit. `<<` merges in text order, as in kubectl. Keys become strings. A duplicate key in a mapping is a problem, and
 * its last value counts. Escapes that kubectl cannot read are found in `text`, from which `root` was parsed.
 */
export function toPlain(root: ParsedNode | null, text = ""): PlainDocument {
  const walk = new Walk(text);
  const value = walk.value(root, 0);
  return { value, problems: walk.problems };
}

class Walk {
  readonly problems: ParseProblem[] = [];
  /** The document's text, if it may contain escapes that kubectl cannot read. */
  readonly #escaped: string | undefined;
  /** The document's text, if it may contain the escape of an apostrophe. */
  readonly #apostrophes: string | undefined;
  /** The latest node of each anchor name, since a name may be reused (YAML 1.2.2, 3.2.2.2). */
  readonly #anchors = new Map<string, ParsedNode>();
  /** The node to which an alias referred on its first visit. A later visit may come after its anchor was redefined. */
  readonly #targets = new Map<ParsedNode, ParsedNode>();
  readonly #open = new Set<ParsedNode>();
  #aliased = 0;
  #insideAlias = 0;
  #stopped = false;

  constructor(text: string) {
    this.#apostrophes = mayHoldApostropheEscape(text) ? text : undefined;
    this.#escaped = mayHoldBadEscapes(text) ? text : undefined;
  }

  value(node: ParsedNode | null, depth: number): unknown {
    if (this.#stopped || node === null) return null;
    if (this.#insideAlias > 0 && ++this.#aliased > limits.aliasedValues) return this.#stop(node, "aliases");
    if (isAlias(node)) return this.#alias(node, depth);
    if (this.#insideAlias === 0 && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#scalar(node);
    if (depth >= limits.depth) return this.#stop(node, "depth");
    this.#open.add(node);
    const value = isMap(node) ? this.#mapping(node, depth) : isSeq(node) ? this.#sequence(node.items, depth) : null;
    this.#open.delete(node);
    return value;
  }

  #scalar(node: Scalar.Parsed): unknown {
    const value = this.#withApostrophes(node);
    this.#checkEscapes(node);
    if (typeof value === "number" && node.type === Scalar.PLAIN && !isExact(value, node.source)) {
      this.#report(node, {
        message: "The number cannot be carried exactly",
        allowed: "finite numbers, and whole numbers that 64-bit floating point can carry, such as all up to 2^53",
        fix: "If it is a name or an identifier, put it in quotes.",
      });
    }
    // JSON may contain a lone surrogate, which Go's decoder reads as U+FFFD.
    return typeof value === "string" && !value.isWellFormed() ? value.toWellFormed() : value;
  }

  /** The value of a scalar. It handles the escape that the parser does not know. */
  #withApostrophes({ value, type, range: [start, end] }: Scalar.Parsed): unknown {
    if (this.#apostrophes === undefined || type !== Scalar.QUOTE_DOUBLE) return value;
    return withApostrophes(this.#apostrophes.slice(start, end)) ?? value;
  }

  #checkEscapes({ type, range: [start, end] }: Scalar.Parsed): void {
    if (this.#escaped === undefined || type !== Scalar.QUOTE_DOUBLE) return;
    const problem = badEscape(this.#escaped.slice(start, end), start);
    if (problem !== undefined) this.problems.push(problem);
  }

  #sequence(items: readonly unknown[], depth: number): unknown[] {
    return items.map((item) => this.value(item as ParsedNode | null, depth + 1));
  }

  #mapping(node: YAMLMap.Parsed, depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    const seen = new Map<string, ParsedNode>();
    for (const pair of node.items) {
      if (isMergeKey(pair.key)) {
        this.#merge(object, pair.value, depth);
        continue;
      }
      const key = this.#key(pair.key);
      if (key === undefined) continue;
      const first = seen.get(key);
      if (first !== undefined) this.#duplicate(pair.key, key);
      seen.set(key, pair.key);
      define(object, key, this.value(pair.value, depth + 1));
    }
    return object;
  }

  /**
   * The merged keys override the keys before `<<`, and keys after `<<` override them: kubectl's parser follows text
   * order, while the YAML merge key specification lets the mapping's own keys win. In a list of mappings, the earlier
   * one wins.
   */
  #merge(object: Record<string, unknown>, value: ParsedNode | null, depth: number): void {
    const merged = this.value(value, depth);
    for (const source of Array.isArray(merged) ? merged.toReversed() : [merged]) {
      if (typeof source !== "object" || source === null || Array.isArray(source)) {
        if (!this.#stopped) this.#report(value, { message: "A merge key (<<) takes a mapping or a list of mappings" });
        return;
      }
      for (const [key, inherited] of Object.entries(source)) define(object, key, inherited);
    }
  }

  #key(node: ParsedNode): string | undefined {
    if (isScalar(node) && node.value !== null) {
      this.#checkEscapes(node);
      if (this.#insideAlias === 0 && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
      return keyText(this.#withApostrophes(node));
    }
    const aliased = isAlias(node) ? this.#anchors.get(node.source) : undefined;
    if (isScalar(aliased) && aliased.value !== null) return keyText(this.#withApostrophes(aliased));
    this.#report(node, {
      message: "A mapping key is empty, a list or a mapping",
      allowed: "names as keys",
      fix: "Write a name before the colon; a value that begins with { or [ has to be quoted.",
    });
    return undefined;
  }

  #alias(node: ParsedNode & { source: string }, depth: number): unknown {
    const target = this.#targets.get(node) ?? this.#anchors.get(node.source);
    if (target === undefined) {
      this.#report(node, {
        message: "The alias has no anchor of its name before it",
        allowed: "an alias (*name) of an anchor (&name) that precedes it in the same document",
        fix: "Define the anchor before it is used; a value that begins with * has to be quoted.",
      });
      return null;
    }
    if (this.#open.has(target)) return this.#stop(node, "cycle");
    this.#targets.set(node, target);
    this.#insideAlias += 1;
    const value = this.value(target, depth);
    this.#insideAlias -= 1;
    return value;
  }

  #duplicate(node: ParsedNode, key: string): void {
    this.#report(node, {
      message: `The key ${JSON.stringify(shorten(key))} stands twice in one mapping`,
      allowed: "each key once",
      fix: "Remove one of the two; the API server would refuse both or silently keep the last.",
    });
  }

  #stop(node: ParsedNode, why: keyof typeof stops): null {
    if (!this.#stopped) this.problems.push({ code: "GW1003", offset: offsetOf(node), ...stops[why] });
    this.#stopped = true;
    return null;
  }

  #report(node: ParsedNode | null, problem: Omit<ParseProblem, "code" | "offset">): void {
    this.problems.push({ code: "GW1001", offset: offsetOf(node), ...problem });
  }
}

const stops = {
  aliases: {
    message: "The aliases of the document expand to too many values",
    allowed: `at most ${limits.aliasedValues} values through aliases`,
    fix: "Write the repeated part out, or keep it in the objects that need it.",
  },
  depth: {
    message: "The document nests collections too deeply",
    allowed: `at most ${limits.depth} levels`,
    fix: "No Kubernetes object nests this deeply; check the indentation and the aliases.",
  },
  cycle: {
    message: "An alias stands inside the value that it repeats",
    allowed: "aliases of anchors whose value is complete",
    fix: "Remove the alias; manifests are trees.",
  },
} as const;

/** Returns true if the number has the same text as its source when it is formatted again. */
function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (Number.isSafeInteger(value) || !/^[-+]?\d+$/.test(source)) return true;
  return String(value) === source || BigInt(value) === BigInt(source);
}

/** kubectl formats a floating-point key with 32 bits as Go's `%g`, and values that are not finite as in YAML. */
function keyText(value: unknown): string {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return String(value);
  const single = Math.fround(value);
  if (Number.isNaN(single)) return ".nan";
  if (!Number.isFinite(single)) return single > 0 ? ".inf" : "-.inf";
  return String(value);
}

function isMergeKey(node: ParsedNode): boolean {
  return isScalar(node) && node.value === "<<" && node.type === Scalar.PLAIN;
}

/** Assignment would call the setter of `__proto__` and lose the value. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
