import { z } from "zod";
import { list } from "../../schema/schema.ts";
import { coreSchema } from "../object.ts";
import { port } from "./fields.ts";

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

/** An EndpointSlice, reduced to the fields that routing reads. */
export type EndpointSlice = z.output<ReturnType<typeof endpointSlice>>;
