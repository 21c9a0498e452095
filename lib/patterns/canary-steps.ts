import { Construct } from "constructs";
import { DeclarationError, pathBelow } from "../constructs/declaration-error.ts";
import type { CanaryProps } from "./canary-props.ts";

/** The props that determine the share. */
export type CanarySteps = Pick<CanaryProps, "steps" | "step">;

/** Returns the canary's current share in percent. Throws a {@link DeclarationError} if the steps are invalid. */
export function shareAt(scope: Construct, id: string, { steps, step }: CanarySteps): number {
  const given: unknown = steps;
  if (!Array.isArray(given) || given.length === 0) {
    throw refusal(
      scope,
      id,
      `steps is the list of the canary's shares in percent, such as [0, 5, 25, 100], but got ${shown(given)}.`,
    );
  }
  for (const [index, share] of steps.entries())
    requireShare(scope, id, share, index === 0 ? undefined : steps[index - 1]);
  const share = Number.isInteger(step) ? steps[step] : undefined;
  if (share !== undefined) return share;
  const list = steps.map((one, index) => `${index} (${one} %)`).join(", ");
  throw refusal(scope, id, `there is no step ${shown(step)}. Steps are counted from 0: ${list}.`);
}

/** Returns the weights of both backends: in percent, or in hundredths of a percent if any step needs them. */
export function weightsAt(share: number, { steps }: CanarySteps): { readonly stable: number; readonly canary: number } {
  const unit = steps.every((one) => Number.isInteger(one)) ? 1 : 100;
  const canary = Math.round(share * unit);
  return { stable: 100 * unit - canary, canary };
}

export function refusal(scope: Construct, id: string, problem: string): DeclarationError {
  return new DeclarationError(Construct.isConstruct(scope) ? pathBelow(scope, id) : id, problem);
}

function requireShare(scope: Construct, id: string, share: number, before: number | undefined): void {
  const hundredths = Math.round(share * 100);
  if (typeof share !== "number" || !(share >= 0 && share <= 100) || Math.abs(share * 100 - hundredths) > 1e-6) {
    throw refusal(
      scope,
      id,
      `${shown(share)} is no share of the canary. A share is a percentage from 0 to 100 with at most two decimals.`,
    );
  }
  if (before !== undefined && share <= before) {
    throw refusal(
      scope,
      id,
      `the canary's shares must rise with each step, but ${share} % follows ${before} %. To roll back, lower step and leave steps as they are.`,
    );
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
