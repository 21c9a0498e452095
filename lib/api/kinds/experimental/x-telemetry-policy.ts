import { z } from "zod";
import { type Channel, list, listMap, longest, type Rule, withRules } from "../../schema/schema.ts";
import { headerName, headerValue } from "../fields.ts";
import { kindSchema } from "../object.ts";
import { backendObjectReference, localObjectReference } from "../references.ts";
import { policyStatus } from "../status.ts";

const code = "GW1259";

const name = (length: number) =>
  z
    .string()
    .min(1)
    .check(longest(length))
    .regex(/^[a-zA-Z0-9_.:/-]+$/);

interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

const atMostAll: Rule<Fraction> = {
  code,
  cel: "self.numerator <= self.denominator",
  violations: ({ numerator, denominator }) =>
    numerator > denominator
      ? [
          {
            path: ["numerator"],
            message: "More requests would be sampled than there are: the numerator exceeds the denominator.",
            given: numerator,
            allowed: `0 to ${denominator}`,
            fix: "Use a numerator that is not larger than the denominator.",
          },
        ]
      : [],
};

const samplingRate = (channel: Channel) =>
  withRules(channel, z.strictObject({ numerator: z.int32().min(0), denominator: z.int32().min(1).default(100) }), [
    atMostAll,
  ]);

const modes = ["Enabled", "Disabled", "ImplementationDefault"] as const;
const mode = () => z.enum(modes).default("ImplementationDefault");

type Moded<F extends string> = { readonly mode: string } & { readonly [field in F]?: unknown };

const onlyEnabled = <F extends string>(field: F): Rule<Moded<F>> => ({
  code,
  cel: `has(self.${field}) ? self.mode == 'Enabled' : true`,
  violations: (self) =>
    self[field] !== undefined && self.mode !== "Enabled"
      ? [
          {
            path: [field],
            message: `${field} goes with the mode Enabled only.`,
            given: self.mode,
            allowed: "Enabled",
            fix: `Set mode to Enabled, or remove ${field}.`,
          },
        ]
      : [],
});

const enabledProvider: Rule<Moded<"provider">> = {
  code,
  cel: "self.mode == 'Enabled' ? has(self.provider) : !has(self.provider)",
  violations: (self) => {
    if ((self.mode === "Enabled") === (self.provider !== undefined)) return [];
    return self.mode === "Enabled"
      ? [{ path: ["provider"], message: "Tracing with the mode Enabled needs a provider.", fix: "Add provider." }]
      : onlyEnabled("provider").violations(self);
  },
};

type Attribute = { readonly sourceType: string } & {
  readonly [field in "headerName" | "literalValue" | "attributeKey"]?: string | undefined;
};

const goesWithSource = (source: string, field: "headerName" | "literalValue" | "attributeKey"): Rule<Attribute> => ({
  code,
  cel: `self.sourceType == '${source}' ? has(self.${field}) : !has(self.${field})`,
  violations: (self) => {
    if ((self.sourceType === source) === (self[field] !== undefined)) return [];
    return self.sourceType === source
      ? [{ path: [field], message: `An attribute from ${source} needs ${field}.`, fix: `Add ${field}.` }]
      : [
          {
            path: [field],
            message: `${field} goes with the sourceType ${source} only.`,
            given: self.sourceType,
            allowed: source,
            fix: `Set sourceType to ${source}, or remove ${field}.`,
          },
        ];
  },
});

const attribute = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({
      name: name(256),
      sourceType: z.enum(["Header", "Literal", "Attribute"]),
      headerName: z.string().min(1).check(longest(256)).regex(headerName).optional(),
      literalValue: z.string().min(1).check(longest(1024)).optional(),
      attributeKey: z
        .string()
        .min(1)
        .check(longest(256))
        .regex(/^[a-z0-9_.-]+$/)
        .optional(),
    }),
    [
      goesWithSource("Header", "headerName"),
      goesWithSource("Literal", "literalValue"),
      goesWithSource("Attribute", "attributeKey"),
    ],
  );

const provider = (channel: Channel) =>
  z.strictObject({
    backendRef: backendObjectReference(channel),
    headers: listMap(
      z.strictObject({ name: z.string().min(1).check(longest(256)).regex(headerName), value: headerValue(channel) }),
      ["name"],
      { max: 16 },
    ).optional(),
  });

const tracing = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({
      mode: mode(),
      provider: provider(channel).optional(),
      samplingRate: samplingRate(channel).optional(),
      parentBasedSampling: withRules(
        channel,
        z.strictObject({ mode: mode(), samplingRate: samplingRate(channel).optional() }),
        [onlyEnabled("samplingRate")],
      ).optional(),
      serviceName: name(253).optional(),
      spanName: z
        .string()
        .min(1)
        .check(longest(256))
        .regex(/^[a-zA-Z0-9_.:/-]+( [a-zA-Z0-9_.:/-]+)*$/)
        .optional(),
      attributes: listMap(attribute(channel), ["name"], {}).optional(),
    }),
    [
      enabledProvider,
      onlyEnabled("samplingRate"),
      onlyEnabled("parentBasedSampling"),
      onlyEnabled("serviceName"),
      onlyEnabled("spanName"),
      onlyEnabled("attributes"),
    ],
  );

const someTelemetry: Rule<{ readonly tracing?: unknown }> = {
  code,
  cel: "has(self.tracing)",
  violations: (self) =>
    self.tracing === undefined ? [{ path: ["tracing"], message: "The policy says nothing.", fix: "Add tracing." }] : [],
};

export const xTelemetryPolicy = (channel: Channel) =>
  kindSchema(
    "gateway.networking.x-k8s.io/v1alpha1",
    "XTelemetryPolicy",
    withRules(
      channel,
      z.strictObject({
        targetRefs: list(localObjectReference(), { min: 1, max: 16 }),
        tracing: tracing(channel).optional(),
      }),
      [someTelemetry],
    ),
    policyStatus(),
  );

/** A valid XTelemetryPolicy with the defaults of its schema. */
export type XTelemetryPolicy = z.output<ReturnType<typeof xTelemetryPolicy>>;
