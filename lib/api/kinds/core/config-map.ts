import type { z } from "zod";
import { coreSchema } from "../object.ts";
import { labels } from "./fields.ts";

export const configMap = () =>
  coreSchema("v1", "ConfigMap", { data: labels().optional(), binaryData: labels().optional() });

/** A ConfigMap, reduced to the fields that routing reads. */
export type ConfigMap = z.output<ReturnType<typeof configMap>>;
