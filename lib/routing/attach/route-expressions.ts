import { shownValue } from "../../api/kinds/credentials.ts";
import { estimateProgramSize, maxRepetition } from "../index/expressions/size.ts";
import { checkPattern } from "../index/pattern.ts";
import type { ConditionProblem } from "./condition.ts";

/** Limit of instructions for all expressions of one route: about 10 MB of memory per thread, and 60 ms to compile. */
export const maxProgramsOfRoute = 65_536;

const syntax = "RE2 syntax";
const sizeOfOne = `${maxRepetition} instructions more than the expression has characters`;
const sizeOfAll = `${maxProgramsOfRoute} instructions in all expressions of a route`;
const smaller = "Repeat with * or +, with smaller counts, or match another part of the request.";
const fewer = "Repeat with smaller counts, or divide the route into several.";

/** Reports whether the allowed values of a finding are about regular expressions. */
export function isOfExpression(allowed: string): boolean {
  return allowed === syntax || allowed === sizeOfOne || allowed === sizeOfAll;
}

/** Checks the regular expressions of one route, in the order of its rules. Each one and their sum have a limit. */
export class RouteExpressions {
  /** Number of instructions so far, without expressions that were refused. */
  #size = 0;
  /** Estimated instructions so far, including refused expressions, because compiling those takes time too. */
  #estimate = 0;

  /**
   * Returns the reasons why a regular expression cannot be used, or an empty list.
   *
   * @param name the header field or query parameter whose value the expression matches.
   */
  problems(source = "", field: string, name = ""): readonly ConditionProblem[] {
    const given = shownValue(name, source);
    this.#estimate += Math.min(estimateProgramSize(source), maxProgramsOfRoute);
    if (this.#estimate > maxProgramsOfRoute * 2) return [this.#tooMany(field, given)];
    const checked = checkPattern(source);
    if ("error" in checked) {
      if (checked.tooLarge !== undefined) {
        const message = `The regular expression is too large: ${checked.error}.`;
        return [{ code: "GW2475", field, message, given, allowed: sizeOfOne, fix: smaller }];
      }
      const message = `The regular expression does not compile: ${checked.error}.`;
      return [{ code: "GW2406", field, message, given, allowed: syntax }];
    }
    if (this.#size + checked.size > maxProgramsOfRoute) return [this.#tooMany(field, given)];
    this.#size += checked.size;
    return [];
  }

  #tooMany(field: string, given: string): ConditionProblem {
    const message = `The regular expressions of the route are too large together: those before this one compile to ${this.#size} instructions.`;
    return { code: "GW2475", field, message, given, allowed: sizeOfAll, fix: fewer };
  }
}
