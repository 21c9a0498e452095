import { z } from "zod";
import { int64 } from "../../schema/integer.ts";
import { type Channel, listMap, type Rule, withRules } from "../../schema/schema.ts";
import { milliseconds } from "../duration.ts";
import { duration } from "../fields.ts";
import { kindSchema } from "../object.ts";
import { localObjectReference } from "../references.ts";
import { sessionPersistence } from "../route.ts";
import { policyStatus } from "../status.ts";

const second = 1000;
const hour = 3600 * second;

function between(cel: string, allowed: string, admits: (length: number) => boolean): Rule<string> {
  return {
    code: "GW1258",
    cel,
    violations: (self) =>
      admits(milliseconds(self))
        ? []
        : [{ message: "The interval is out of range.", given: self, allowed, fix: "Use an interval in that range." }],
  };
}

const budgetInterval = between(
  "!(duration(self) < duration('1s') || duration(self) > duration('1h'))",
  "1s to 1h",
  (length) => length >= second && length <= hour,
);

const rateInterval = between(
  "!(duration(self) == duration('0s') || duration(self) > duration('1h'))",
  "more than 0s, at most 1h",
  (length) => length > 0 && length <= hour,
);

const retryConstraint = (channel: Channel) =>
  z.strictObject({
    budget: z
      .strictObject({
        percent: int64(z.number().min(0).max(100)).default(20),
        interval: withRules(channel, duration(), [budgetInterval]).default("10s"),
      })
      .default({ percent: 20, interval: "10s" }),
    minRetryRate: z
      .strictObject({
        count: int64(z.number().min(1).max(1_000_000)).optional(),
        interval: withRules(channel, duration(), [rateInterval]).optional(),
      })
      .default({ count: 10, interval: "1s" }),
  });

export const xBackendTrafficPolicy = (channel: Channel) =>
  kindSchema(
    "gateway.networking.x-k8s.io/v1alpha1",
    "XBackendTrafficPolicy",
    z.strictObject({
      targetRefs: listMap(localObjectReference(), ["group", "kind", "name"], { min: 1, max: 16 }),
      retryConstraint: retryConstraint(channel).optional(),
      sessionPersistence: sessionPersistence(channel).optional(),
    }),
    policyStatus(),
  );

/** A valid XBackendTrafficPolicy with the defaults of its schema. */
export type XBackendTrafficPolicy = z.output<ReturnType<typeof xBackendTrafficPolicy>>;
