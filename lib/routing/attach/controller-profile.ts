import { ownControllerName, ownProtocols } from "../../api/kinds/own-controller.ts";
import type { ProtocolIR } from "../ir.ts";

/** A protocol of listeners that the Gateway API itself defines. */
export type StandardProtocol = Exclude<ProtocolIR, "Opaque">;

export const standardProtocols: readonly StandardProtocol[] = ["HTTP", "HTTPS", "TLS", "TCP", "UDP"];

/** Address types of the API that every implementation is free to support; a type with a domain belongs to one of them. */
export const standardAddressTypes: readonly string[] = ["IPAddress", "Hostname"];

/**
 * What is known of a controller: the checks go by it wherever the API leaves a choice to the implementation. What the
 * API itself decides (schemas, the handshake, grants, hostnames, conflicts) depends on no profile.
 */
export interface ControllerProfile {
  /**
   * What happens to a value that the API leaves to implementations and that is not known here: a kind of filter, backend,
   * certificate, parameters or route, a protocol, an address type, a feature. `refused`: the profile is complete, so the
   * controller does not have it. `opaque`: only its controller knows; a note says so, and routing goes on through it.
   */
  readonly unknown: "refused" | "opaque";
  /** The protocols of the API that its listeners may have. */
  readonly protocols: readonly StandardProtocol[];
}

/** The profile of this project's own controller and proxy: complete. */
export const ownProfile: ControllerProfile = { unknown: "refused", protocols: ownProtocols };

/** The profile of a controller that is not ours, or of a class that no source declares. */
export const openProfile: ControllerProfile = { unknown: "opaque", protocols: standardProtocols };

/**
 * The profile by which the Gateways of a class are judged.
 *
 * @param controllerName of the class; undefined where no source declares the class.
 * @param profile of the process that will serve every Gateway, whatever its class. Absent: as the name says.
 */
export function profileOf(
  controllerName: string | undefined,
  { profile }: { readonly profile?: ControllerProfile | undefined },
): ControllerProfile {
  return profile ?? (controllerName === ownControllerName ? ownProfile : openProfile);
}

/** Whether what this profile does not know is opaque. */
export function isOpen({ unknown }: ControllerProfile): boolean {
  return unknown === "opaque";
}
