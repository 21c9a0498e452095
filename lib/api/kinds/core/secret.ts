import { z } from "zod";
import { coreSchema } from "../object.ts";
import { labels } from "./fields.ts";

export const secret = () =>
  coreSchema("v1", "Secret", {
    type: z.string().default("Opaque"),
    /** Values in base64. */
    data: labels().optional(),
    stringData: labels().optional(),
  });

/** A Secret, reduced to the fields that routing reads. */
export type Secret = z.output<ReturnType<typeof secret>>;
