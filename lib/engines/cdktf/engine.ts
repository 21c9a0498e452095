import type { Construct, IConstruct } from "constructs";

/**
 * What is used of the CDK for Terraform. The engine itself is handed in, because there are two of one shape: `cdktf`, which
 * its makers archived in December 2025, and the fork `cdktn`.
 */
export interface TerraformCdk {
  readonly TerraformResource: new (scope: Construct, id: string, config: ResourceConfig) => Resource;
  readonly Lazy: { listValue(producer: { produce(): string[] }): string[] };
  readonly Token: { isUnresolved(value: unknown): boolean };
}

export interface ResourceConfig {
  readonly terraformResourceType: string;
  /** Which provider the resource is of: the engine looks for one in the stack. */
  readonly terraformGeneratorMetadata?: { readonly providerName: string; readonly providerVersionConstraint?: string };
}

export interface Resource extends IConstruct {
  readonly terraformResourceType: string;
  readonly friendlyUniqueId: string;
  dependsOn?: string[];
}
