import type { RoutingObjects } from "../objects.ts";
import type { AttachOptions } from "./attachment.ts";
import type { ControllerProfile } from "./controller-profile.ts";
import type { ReferenceGrants } from "./reference-grants.ts";

/** The inputs for following a reference. */
export interface References {
  readonly objects: RoutingObjects;
  readonly grants: ReferenceGrants;
  /** The profile of the controller that follows the reference. */
  readonly profile: ControllerProfile;
  readonly undeclared: AttachOptions["undeclared"];
  readonly undeclaredNamespaces: AttachOptions["undeclaredNamespaces"];
  readonly undeclaredKeyPairs: AttachOptions["undeclaredKeyPairs"];
  readonly undeclaredTrustAnchors: AttachOptions["undeclaredTrustAnchors"];
  readonly standing: AttachOptions["standing"];
}
