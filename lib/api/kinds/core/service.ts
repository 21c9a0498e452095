import { z } from "zod";
import { coreSchema } from "../object.ts";
import { labels, servicePorts } from "./fields.ts";

export const service = () =>
  coreSchema("v1", "Service", {
    spec: z.looseObject({
      type: z.string().optional(),
      clusterIP: z.string().optional(),
      selector: labels().optional(),
      ports: servicePorts().optional(),
    }),
  });

/** A Service, reduced to the fields that routing reads. */
export type Service = z.output<ReturnType<typeof service>>;
