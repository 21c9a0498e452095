import type { ParseProblem } from "./problem.ts";

/**
 * Finds colons in flow collections that kubectl and YAML 1.2 read differently. In `[a:, b]`, kubectl's parser reads the
 * text `a:`, and YAML 1.2 a key without a value; `[:a]` is an error in kubectl. It is fed the document's lexemes in
 * order.
 */
export class FlowColons {
  #depth = 0;
  #last: readonly string[] = [];

  /** @returns the problem at the lexeme that ends at `offset`, or undefined. */
  next(lexeme: string, offset: number): ParseProblem | undefined {
    // The lexer emits an empty scalar for a missing value.
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

/** The mark that the YAML library's lexer emits before a plain scalar. */
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
