import { z } from "zod";
import { coreSchema } from "../object.ts";

export const serviceExport = () =>
  coreSchema("multicluster.x-k8s.io/v1alpha1", "ServiceExport", { spec: z.unknown().optional() });

/** A ServiceExport, reduced to the fields that routing reads. */
export type ServiceExport = z.output<ReturnType<typeof serviceExport>>;
