import { z } from "zod";
import { list } from "../../schema/schema.ts";

/** Parts of core kinds. What routing does not read passes unread: the API server of Kubernetes knows it. */

export const port = () => z.int32().min(1).max(65535);

export const labels = () => z.record(z.string(), z.string());

/** A port of a Service or of a ServiceImport. */
const servicePortFields = () => ({
  name: z.string().optional(),
  port: port(),
  protocol: z.string().default("TCP"),
  appProtocol: z.string().optional(),
});

export const servicePorts = () =>
  list(z.looseObject({ ...servicePortFields(), targetPort: z.union([z.int32(), z.string()]).optional() }), {});

export const importedPorts = () => list(z.looseObject(servicePortFields()), {});
