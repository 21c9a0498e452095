import { hasStatus } from "../../../proxy/sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../../proxy/sources/kubernetes/api-server.ts";
import { pathOf, resourceOf } from "../../../proxy/sources/kubernetes/resource.ts";
import type { Gateway, GatewayClass } from "../../api/index.ts";
import type { NamespacedName } from "../../routing/ir.ts";
import { connect, type LiveOptions } from "../live/connect.ts";
import { UsageError } from "../report/terminal.ts";

/** A Gateway and its class. */
export interface FoundGateway {
  readonly gateway: Gateway;
  /** The class of the Gateway. Absent: it does not exist, or the user may not read it. */
  readonly gatewayClass?: GatewayClass;
}

const apiVersion = "gateway.networking.k8s.io/v1";

/**
 * Reads a Gateway of a cluster, and its class.
 *
 * @throws UsageError with the error of the API server or of the connection.
 */
export async function liveGateway({ namespace, name }: NamespacedName, options: LiveOptions): Promise<FoundGateway> {
  const server = await connect("contract", options);
  const gateway = await read<Gateway>(server, "Gateway", name, namespace);
  if (gateway === undefined) throw new UsageError(`contract: the cluster has no Gateway ${namespace}/${name}`);
  const gatewayClass = await read<GatewayClass>(server, "GatewayClass", String(gateway.spec.gatewayClassName));
  return { gateway, ...(gatewayClass === undefined ? {} : { gatewayClass }) };
}

/**
 * Reads an object. Undefined: it does not exist, or it is a class that the user may not read, which makes the contract
 * less complete.
 */
async function read<T>(server: ApiServer, kind: string, name: string, namespace?: string): Promise<T | undefined> {
  try {
    return await server.json<T>({ method: "GET", path: pathOf(resourceOf(apiVersion, kind), namespace, name), kind });
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    if (hasStatus(error, 403) && kind === "GatewayClass") return undefined;
    throw new UsageError(`contract --live: ${kind} ${name}: ${(error as Error).message}`);
  }
}
