import { z } from "zod";
import { list } from "../../schema/schema.ts";

/** This module has schemas for parts of core kinds. Fields that routing does not read are left to the API server. */

export const port = () => z.int32().min(1).max(65535);

export const labels = () => z.record(z.string(), z.string());

/** The fields of a port in a Service or ServiceImport. */
const servicePortFields = () => ({
  name: z.string().optional(),
  port: port(),
  protocol: z.string().default("TCP"),
  appProtocol: z.string().optional(),
});

export const servicePorts = () =>
  list(z.looseObject({ ...servicePortFields(), targetPort: z.union([z.int32(), z.string()]).optional() }), {});

export const importedPorts = () => list(z.looseObject(servicePortFields()), {});
