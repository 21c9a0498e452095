import { z } from "zod";

const integers = new WeakSet<z.ZodType>();

/** The largest number of 64 bits. A JavaScript number holds each of its size only nearly. */
const largest = 2 ** 63;

/** A CRD's integer: 64 bits, of which JavaScript numbers beyond 2^53 hold the nearest one. Limits are set on `number`. */
export function int64(number: z.ZodNumber = z.number()): z.ZodNumber {
  const checked = number.superRefine((value, context) => {
    if (!Number.isInteger(value) || Math.abs(value) > largest)
      context.addIssue({ code: "invalid_type", expected: "int", input: value, continue: false } as never);
  });
  integers.add(checked);
  return checked;
}

/** Whether the schema was made by {@link int64}. */
export function isInt64(schema: z.ZodType): boolean {
  return integers.has(schema);
}
