import { z } from "zod";
import { coreSchema } from "../object.ts";
import { labels } from "./fields.ts";

export const secret = () =>
  coreSchema("v1", "Secret", {
    type: z.string().default("Opaque"),
    /** Base64. */
    data: labels().optional(),
    stringData: labels().optional(),
  });

/** A Secret, as far as routing reads it. */
export type Secret = z.output<ReturnType<typeof secret>>;
