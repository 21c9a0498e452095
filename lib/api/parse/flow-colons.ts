import type { ParseProblem } from "./problem.ts";

/**
 * Finds colons in brackets that kubectl reads otherwise than YAML 1.2: to its parser `[a:, b]` holds the text `a:`, where
 * YAML 1.2 has a key without a value, and `[:a]` cannot be read. Takes the lexemes of a document, one after another.
 */
export class FlowColons {
  #depth = 0;
  #last: readonly string[] = [];

  /** @returns what is wrong at the lexeme that ends at `offset`; undefined for most. */
  next(lexeme: string, offset: number): ParseProblem | undefined {
    // The lexer writes an empty scalar for the value that is not there.
    const isEmptyValue = this.#last.at(-1) === "" && this.#last.at(-2) === plainScalar;
    const [scalarMark, scalar = "", colon] = (isEmptyValue ? this.#last.slice(0, -2) : this.#last).slice(-3);
    const mark = this.#last.at(-1);
    this.#last = [...this.#last.slice(-4), lexeme];
    if (lexeme === "[" || lexeme === "{") this.#depth += 1;
    const isEnd = lexeme === "]" || lexeme === "}";
    if (this.#depth === 0) return undefined;
    if (isEnd) this.#depth -= 1;
    if (mark === plainScalar && lexeme.startsWith(":")) {
      return problem("kubectl cannot read text in brackets that begins with a colon", lexeme, offset - lexeme.length);
    }
    if (!isEnd && lexeme !== ",") return undefined;
    if (scalarMark !== plainScalar || colon !== ":") return undefined;
    const given = `${scalar}:`;
    return problem("kubectl reads this colon as a part of the text before it", given, offset - given.length - 1);
  }
}

/** What the lexer of the YAML library writes before a scalar without quotes. */
const plainScalar = "\u001f";

function problem(message: string, given: string, offset: number): ParseProblem {
  return {
    code: "GW1001",
    message,
    offset: Math.max(0, offset),
    given,
    allowed: "in brackets, a blank after the colon of a key",
    fix: "Put the text in quotes, or write a value after the colon and a blank.",
  };
}
