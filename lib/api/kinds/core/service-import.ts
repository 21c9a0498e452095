import { z } from "zod";
import { list } from "../../schema/schema.ts";
import { coreSchema } from "../object.ts";
import { importedPorts } from "./fields.ts";

export const serviceImport = () =>
  coreSchema("multicluster.x-k8s.io/v1alpha1", "ServiceImport", {
    spec: z
      .looseObject({
        type: z.string().optional(),
        ips: list(z.string(), {}).optional(),
        ports: importedPorts().optional(),
      })
      .optional(),
  });

/** A ServiceImport, reduced to the fields that routing reads. */
export type ServiceImport = z.output<ReturnType<typeof serviceImport>>;
