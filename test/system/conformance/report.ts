import { parse } from "yaml";

/** The part of a ConformanceReport for one profile. */
export interface ProfileReport {
  readonly name: string;
  readonly core: Tests;
  readonly extended?: Tests & {
    readonly supportedFeatures?: readonly string[];
    readonly unsupportedFeatures?: readonly string[];
  };
}

interface Tests {
  readonly result: string;
  readonly statistics: { readonly Passed: number; readonly Failed: number; readonly Skipped: number };
  readonly failedTests?: readonly string[];
}

export function profilesOf(report: string): readonly ProfileReport[] {
  return (parse(report) as { readonly profiles: readonly ProfileReport[] }).profiles;
}

/** Returns a table of what passed in each profile, which extended features are supported, and which are not. */
export function tableOf(profiles: readonly ProfileReport[]): string {
  return profiles.map(linesOf).join("\n");
}

function linesOf({ name, core, extended }: ProfileReport): string {
  const lines = [`${name.padEnd(14)} core      ${countsOf(core)}`];
  if (extended === undefined) return lines.join("\n");
  const { supportedFeatures = [], unsupportedFeatures = [] } = extended;
  lines.push(`${"".padEnd(14)} extended  ${countsOf(extended)}`);
  lines.push(`  supported: ${supportedFeatures.join(", ") || "none"}`);
  lines.push(`  not supported: ${unsupportedFeatures.join(", ") || "none"}`);
  return lines.join("\n");
}

function countsOf({ statistics: { Passed, Failed, Skipped }, failedTests = [] }: Tests): string {
  const failed = failedTests.length === 0 ? "" : `: ${failedTests.join(", ")}`;
  return `${Passed} passed, ${Failed} failed, ${Skipped} skipped${failed}`;
}
