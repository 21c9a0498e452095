export { Canary } from "./canary.ts";
export type { CanaryProps } from "./canary-props.ts";
export { cookie } from "./cookie.ts";
export {
  GatewayMigration,
  type GatewayMigrationProps,
  type MigratedGateway,
  type MigrationStage,
} from "./gateway-migration.ts";
export {
  type ClusterServicesProps,
  MulticlusterService,
  type MulticlusterServiceProps,
} from "./multicluster-service.ts";
export { ServiceExport, type ServiceExportProps } from "./service-export.ts";
export { ServiceImport, type ServiceImportProps, type ServiceImportSpec } from "./service-import.ts";
