import { defaultEjection, type EjectionOptions } from "../../../proxy/dataplane/upstream/health.ts";
import { UsageError } from "../report/terminal.ts";
import { assignments, number } from "./arguments.ts";

/** Parses repeated `--ejection NAME=NUMBER` and `--ejection statuses=STATUS,…` options; undefined without any. */
export function ejectionOptions(values: readonly string[]): Partial<EjectionOptions> | undefined {
  if (values.length === 0) return undefined;
  const given = assignments(values, "--ejection", "NAME=NUMBER or statuses=502,503", Object.keys(defaultEjection));
  const options: Record<string, number | readonly number[]> = {};
  for (const [name, value] of given) {
    const where = `--ejection ${name}`;
    if (name === "statuses") options[name] = value.split(",").map((status) => number(status, where, 100, 599, true));
    else options[name] = number(value, where, name === "failures" ? 0 : 1, mostOf(name), true);
  }
  const { baseTime, maxTime } = { ...defaultEjection, ...options } as EjectionOptions;
  if (baseTime > maxTime) {
    throw new UsageError(`--ejection baseTime ${baseTime}: expected no more than maxTime, which is ${maxTime}`);
  }
  return options as Partial<EjectionOptions>;
}

/** Returns a setting's maximum. Times end at one day: a longer ejection needs a person's attention. */
function mostOf(name: string): number {
  return name === "failures" ? 1_000_000 : 86_400_000;
}
