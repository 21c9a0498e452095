import type { Loaded } from "../../api/load/load.ts";
import { type FilterKinds, filterKinds } from "../../filters/bound-filter.ts";
import { attach } from "../../routing/attach/attach.ts";
import type { Attachment, AttachOptions } from "../../routing/attach/attachment.ts";
import { buildIndex } from "../../routing/index/build.ts";
import type { GatewayIndex } from "../../routing/index/model.ts";
import type { GatewayIR } from "../../routing/ir.ts";
import { lower } from "../../routing/lower/lower.ts";
import { routingObjects } from "../../routing/objects.ts";

/** One Gateway as it is enforced, with an index for routing decisions. */
export interface RoutedGateway {
  readonly ir: GatewayIR;
  readonly index: GatewayIndex;
  /** The filters that are registered for ExtensionRef, by `group/kind`. */
  readonly filters: FilterKinds;
}

/** The routing configuration that a set of objects defines. */
export interface RoutingModel {
  readonly attachment: Attachment;
  /** The served Gateways, in the order in which they are lowered to IR. */
  readonly gateways: readonly RoutedGateway[];
}

/** Builds the routing model from validated objects, in the stages that the proxy uses: attach, lower, index. */
export function routingModel(
  { objects, extensions }: Pick<Loaded, "objects" | "extensions">,
  options: AttachOptions,
): RoutingModel {
  const filters = filterKinds(extensions.kinds);
  const attachment = attach(routingObjects(objects, extensions), options);
  return { attachment, gateways: lower(attachment).map((ir) => ({ ir, index: buildIndex(ir), filters })) };
}
