import { z } from "zod";

const integers = new WeakSet<z.ZodType>();

/** The bound of 64-bit integers. JavaScript numbers of this size are only approximate. */
const largest = 2 ** 63;

/** The schema of a CRD's 64-bit integer. JavaScript rounds values beyond 2^53. `number` has the limits. */
export function int64(number: z.ZodNumber = z.number()): z.ZodNumber {
  const checked = number.superRefine((value, context) => {
    if (!Number.isInteger(value) || Math.abs(value) > largest)
      context.addIssue({ code: "invalid_type", expected: "int", input: value, continue: false } as never);
  });
  integers.add(checked);
  return checked;
}

/** Returns true if {@link int64} created the schema. */
export function isInt64(schema: z.ZodType): boolean {
  return integers.has(schema);
}
