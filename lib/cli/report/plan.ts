import type { PlanPaint } from "../../analysis/plan/text.ts";
import type { Palette } from "./color.ts";

/**
 * Colours the changes of a plan: requests that begin to fail are red, those that go elsewhere yellow, those that begin
 * to be served green.
 */
export function planPaint({ bold, dim, red, yellow, cyan, green }: Palette): PlanPaint {
  const paints = { fails: red, moves: yellow, shares: cyan, handling: cyan, serves: green };
  return { heading: bold, risk: (risk, words) => paints[risk](words), quiet: dim };
}
