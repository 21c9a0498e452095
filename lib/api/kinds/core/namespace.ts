import { z } from "zod";
import { coreSchema } from "../object.ts";

export const namespace = () => coreSchema("v1", "Namespace", { spec: z.unknown().optional() });

/** A Namespace, reduced to the fields that routing reads. */
export type Namespace = z.output<ReturnType<typeof namespace>>;
