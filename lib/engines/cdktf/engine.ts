import type { Construct, IConstruct } from "constructs";

/**
 * The parts of the CDK for Terraform that are used. The engine is passed in, because there are two with the same API:
 * `cdktf`, archived in December 2025, and its fork `cdktn`.
 */
export interface TerraformCdk {
  readonly TerraformResource: new (scope: Construct, id: string, config: ResourceConfig) => EngineResource;
  readonly Lazy: { listValue(producer: { produce(): string[] }): string[] };
  readonly Token: { isUnresolved(value: unknown): boolean };
}

export interface ResourceConfig {
  readonly terraformResourceType: string;
  /** The provider of the resource. The engine looks for a construct of it in the stack. */
  readonly terraformGeneratorMetadata?: { readonly providerName: string; readonly providerVersionConstraint?: string };
}

export interface EngineResource extends IConstruct {
  readonly terraformResourceType: string;
  readonly friendlyUniqueId: string;
  dependsOn?: string[];
}
