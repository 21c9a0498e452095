import type { HeaderModifierIR } from "../routing/ir.ts";
import { modifyHeaders } from "../routing/rewrite/headers.ts";
import type { BoundFilter } from "./bound-filter.ts";
import { LazyFields } from "./fields.ts";
import { checkResponse } from "./outcome.ts";

/** The result of the response filters. */
export interface FilteredHead {
  readonly status: number;
  /** Header changes in order. CORS changes come last. */
  readonly modifiers: readonly HeaderModifierIR[];
  /** True if a filter failed. The response must not be sent. */
  readonly failed: boolean;
}

/** Runs the filters that see a response. Each filter sees the changes of the steps before it. */
export function runResponseFilters(
  steps: readonly (HeaderModifierIR | BoundFilter)[],
  cors: readonly HeaderModifierIR[],
  received: number,
  fields: () => readonly string[],
): FilteredHead {
  const modifiers: HeaderModifierIR[] = [];
  let status = received;
  let list: readonly string[] | undefined;
  const modified = (done: readonly HeaderModifierIR[]) => {
    list ??= fields();
    return done.reduce<readonly string[]>((headers, modifier) => modifyHeaders(headers, modifier), list);
  };
  for (const step of steps) {
    if (!("kind" in step)) {
      modifiers.push(step);
      continue;
    }
    const { kind, name, namespace, spec, watch } = step;
    const done = [...modifiers];
    const headers = new LazyFields(() => modified(done));
    try {
      const outcome = kind.response?.({ status, headers }, { name, namespace, spec });
      forgetRejection(outcome);
      const checked = checkResponse(outcome, status);
      status = checked.status ?? status;
      if (checked.headers !== undefined) modifiers.push(checked.headers);
      if (watch !== undefined) watch.counts.responsesPassed++;
    } catch (error) {
      if (watch !== undefined) watch.counts.responsesFailed++;
      watch?.failed(error);
      return { status: 500, modifiers: cors, failed: true };
    } finally {
      headers.close();
    }
  }
  return { status, modifiers: [...modifiers, ...cors], failed: false };
}

/** Handles the rejection of a promise that a filter returned. It is refused, and must not end the process. */
function forgetRejection(outcome: unknown): void {
  if (outcome instanceof Promise) outcome.catch(() => undefined);
}
