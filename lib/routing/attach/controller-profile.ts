import { ownControllerName, ownProtocols } from "../../api/kinds/own-controller.ts";
import type { ProtocolIR } from "../ir.ts";

/** A protocol of listeners that the Gateway API itself defines. */
export type StandardProtocol = Exclude<ProtocolIR, "Opaque">;

export const standardProtocols: readonly StandardProtocol[] = ["HTTP", "HTTPS", "TLS", "TCP", "UDP"];

/** The address types that the API defines. A domain-prefixed type is specific to one implementation. */
export const standardAddressTypes: readonly string[] = ["IPAddress", "Hostname"];

/**
 * The known capabilities of a controller. Checks use the profile wherever the API leaves a choice to implementations.
 * The API's own rules (schemas, the handshake, grants, hostnames, conflicts) do not depend on the profile.
 */
export interface ControllerProfile {
  /**
   * Decides how a value is treated that the API leaves to implementations and that Gatewright does not know: a kind of
   * filter, backend, certificate, parameters or route, a protocol, an address type, a feature. `refused`: the profile
   * is complete, so the controller does not support the value. `opaque`: only the controller knows the value; a note
   * says so, and routing treats it as valid.
   */
  readonly unknown: "refused" | "opaque";
  /** The protocols of the API that the controller's listeners support. */
  readonly protocols: readonly StandardProtocol[];
}

/** The profile of Gatewright's own controller and proxy. It is complete. */
export const ownProfile: ControllerProfile = { unknown: "refused", protocols: ownProtocols };

/** The profile of other controllers, and of classes that no source declares. */
export const openProfile: ControllerProfile = { unknown: "opaque", protocols: standardProtocols };

/**
 * Returns the profile by which the Gateways of a class are judged.
 *
 * @param controllerName the controllerName of the class, or undefined if no source declares the class.
 * @param profile the profile of the process that serves every Gateway, whatever its class. Absent: `controllerName`
 * decides.
 */
export function profileOf(
  controllerName: string | undefined,
  { profile }: { readonly profile?: ControllerProfile | undefined },
): ControllerProfile {
  return profile ?? (controllerName === ownControllerName ? ownProfile : openProfile);
}

/** Reports whether the profile treats unknown values as opaque. */
export function isOpen({ unknown }: ControllerProfile): boolean {
  return unknown === "opaque";
}
