import { type Entry, keyOf, type Predicate } from "./predicates.ts";

/** The knowledge about a value of a request: the value itself, or the expressions that it matches. */
interface Fact {
  readonly value?: string;
  readonly expressions: readonly Predicate[];
}

/** A linked list that grows at its front and shares its tail. */
interface Unmet {
  readonly entry: Entry;
  readonly rest: Unmet | undefined;
}

/** The conditions of a cell of requests: the entries that they meet, and those that they do not meet. Immutable. */
export class Assumptions {
  static readonly none = new Assumptions(new Map(), [], undefined);
  readonly met: readonly Entry[];
  readonly #facts: ReadonlyMap<string, Fact>;
  readonly #unmet: Unmet | undefined;

  private constructor(facts: ReadonlyMap<string, Fact>, met: readonly Entry[], unmet: Unmet | undefined) {
    this.#facts = facts;
    this.met = met;
    this.#unmet = unmet;
  }

  /** The entries that the requests do not meet, without those that the other assumptions already rule out. */
  get unmet(): readonly Entry[] {
    const found: Entry[] = [];
    for (let one = this.#unmet; one !== undefined; one = one.rest) {
      if (this.verdict(one.entry) === "open") found.push(one.entry);
    }
    return found.reverse();
  }

  /** Returns whether all, none or some of these requests meet an entry, judged by the known values. */
  verdict({ predicates }: Entry): "met" | "unmet" | "open" {
    let open = false;
    for (const predicate of predicates) {
      const verdict = this.#judge(predicate);
      if (verdict === "unmet") return "unmet";
      if (verdict === "open") open = true;
    }
    return open ? "open" : "met";
  }

  #judge(predicate: Predicate): "met" | "unmet" | "open" {
    const fact = this.#facts.get(predicate.of);
    if (fact === undefined) return "open";
    const { value, pattern } = predicate;
    if (fact.value !== undefined) {
      return (pattern === undefined ? fact.value === value : pattern.matches(fact.value)) ? "met" : "unmet";
    }
    if (pattern === undefined) return fact.expressions.every((one) => one.pattern?.matches(value)) ? "open" : "unmet";
    return fact.expressions.some((one) => one.value === value) ? "met" : "open";
  }

  /** Returns the requests among these that meet an entry, or undefined if there are none. */
  meeting(entry: Entry): Assumptions | undefined {
    const facts = new Map(this.#facts);
    for (const predicate of entry.predicates) {
      const verdict = new Assumptions(facts, [], undefined).#judge(predicate);
      if (verdict === "unmet") return undefined;
      if (verdict === "open") facts.set(predicate.of, learnt(facts.get(predicate.of), predicate));
    }
    const narrowed = new Assumptions(facts, [...this.met, entry], this.#unmet);
    for (let one = this.#unmet; one !== undefined; one = one.rest) {
      if (narrowed.verdict(one.entry) === "met") return undefined;
    }
    return narrowed;
  }

  /** Returns the requests among these that do not meet an entry. Some of these requests must meet it. */
  without(entry: Entry): Assumptions {
    return new Assumptions(this.#facts, this.met, { entry, rest: this.#unmet });
  }

  /** The distinct predicates that hold for all of these requests. */
  get predicates(): readonly Predicate[] {
    const all = this.met.flatMap(({ predicates }) => predicates);
    return [...new Map(all.map((predicate) => [keyOf(predicate), predicate])).values()];
  }
}

/** A known value replaces the expressions, because the caller has already matched it against them. */
function learnt(fact: Fact | undefined, predicate: Predicate): Fact {
  if (predicate.pattern === undefined) return { value: predicate.value, expressions: [] };
  return { expressions: [...(fact?.expressions ?? []), predicate] };
}
