import type { Loaded } from "../../lib/api/load/load.ts";
import { attach } from "../../lib/routing/attach/attach.ts";
import type { Attachment, AttachOptions } from "../../lib/routing/attach/attachment.ts";
import type { GatewayIR } from "../../lib/routing/ir.ts";
import { lower } from "../../lib/routing/lower/lower.ts";
import { routingObjects } from "../../lib/routing/objects.ts";

/** The configuration that results from a set of objects. */
export interface Compiled {
  readonly gateways: readonly GatewayIR[];
  /** Conditions of every object and parent, and what is attached to what. */
  readonly attachment: Attachment;
}

/** Attaches and lowers validated objects into the IR. Pure: equal objects and options give an equal result. */
export function compile(
  { objects, extensions }: Pick<Loaded, "objects"> & Partial<Pick<Loaded, "extensions">>,
  options: AttachOptions,
): Compiled {
  const attachment = attach(routingObjects(objects, extensions), options);
  return { gateways: lower(attachment), attachment };
}
