import { z } from "zod";
import { coreSchema } from "./object.ts";
import { list } from "./schema/schema.ts";

/** What routing reads of kinds that are not of the Gateway API. Their other fields pass unread. */

const port = () => z.int32().min(1).max(65535);
const labels = () => z.record(z.string(), z.string());

export const service = () =>
  coreSchema("v1", "Service", {
    spec: z.looseObject({
      type: z.string().optional(),
      clusterIP: z.string().optional(),
      selector: labels().optional(),
      ports: list(
        z.looseObject({
          name: z.string().optional(),
          port: port(),
          protocol: z.string().default("TCP"),
          targetPort: z.union([z.int32(), z.string()]).optional(),
          appProtocol: z.string().optional(),
        }),
        {},
      ).optional(),
    }),
  });

export const endpointSlice = () =>
  coreSchema("discovery.k8s.io/v1", "EndpointSlice", {
    addressType: z.enum(["IPv4", "IPv6", "FQDN"]),
    endpoints: list(
      z.looseObject({
        addresses: list(z.string(), { min: 1 }),
        conditions: z
          .looseObject({
            ready: z.boolean().optional(),
            serving: z.boolean().optional(),
            terminating: z.boolean().optional(),
          })
          .optional(),
      }),
      {},
    ).default([]),
    ports: list(
      z.looseObject({
        name: z.string().default(""),
        port: port().optional(),
        protocol: z.string().default("TCP"),
        appProtocol: z.string().optional(),
      }),
      {},
    ).optional(),
  });

export const secret = () =>
  coreSchema("v1", "Secret", {
    type: z.string().default("Opaque"),
    /** Base64. */
    data: labels().optional(),
    stringData: labels().optional(),
  });

export const configMap = () =>
  coreSchema("v1", "ConfigMap", { data: labels().optional(), binaryData: labels().optional() });

export const namespace = () => coreSchema("v1", "Namespace", { spec: z.unknown().optional() });

export const serviceImport = () =>
  coreSchema("multicluster.x-k8s.io/v1alpha1", "ServiceImport", {
    spec: z
      .looseObject({
        type: z.string().optional(),
        ips: list(z.string(), {}).optional(),
        ports: list(
          z.looseObject({
            name: z.string().optional(),
            port: port(),
            protocol: z.string().default("TCP"),
            appProtocol: z.string().optional(),
          }),
          {},
        ).optional(),
      })
      .optional(),
  });

export const serviceExport = () =>
  coreSchema("multicluster.x-k8s.io/v1alpha1", "ServiceExport", { spec: z.unknown().optional() });

export type Service = z.output<ReturnType<typeof service>>;
export type EndpointSlice = z.output<ReturnType<typeof endpointSlice>>;
export type Secret = z.output<ReturnType<typeof secret>>;
export type ConfigMap = z.output<ReturnType<typeof configMap>>;
export type Namespace = z.output<ReturnType<typeof namespace>>;
export type ServiceImport = z.output<ReturnType<typeof serviceImport>>;
export type ServiceExport = z.output<ReturnType<typeof serviceExport>>;
