import { output } from "@pulumi/pulumi";
import { Lazy } from "cdk8s";
import type { Late } from "../../../../lib/api/declared/late.ts";
import type { LatePlaceholder } from "../../../../lib/api/load/late-placeholder.ts";

/** The input of the lint of late values. A line with `late` in a comment converts a possibly late value to text. */

const bucket = output("logs");
const lazy = Lazy.any({ produce: () => "logs" }) as { produce(): string };

export function texts(name: Late<string>, port: Late<number> | undefined, names: readonly Late<string>[]): unknown {
  const byName: Record<string, unknown> = {};
  return [
    `a ${name}`, // late
    `${port}`, // late
    // biome-ignore lint/style/useTemplate: the fixture tests concatenation.
    "a" + port, // late
    String(name), // late
    name.toString(), // late
    names.join(" "), // late
    "a".concat(name as never as string, String(bucket)), // late
    `${bucket}`, // late
    `${lazy}`, // late
    byName[name as never as keyof typeof byName],
    { [String(lazy)]: 1 }, // late
  ];
}

export function others(name: string, call: () => void, placeholder: LatePlaceholder, late: Late<string>): unknown {
  return [
    `a ${name}`,
    `${call}`,
    `${placeholder}`,
    typeof late === "string" ? `a ${late}` : late,
    bucket.apply((known) => `a ${known}`),
    [late, bucket],
    1 + name.length,
  ];
}

export function generic<Name extends Late<string>>(name: Name): string {
  return `a ${name}`; // late
}
