import type { RoutingObjects } from "../objects.ts";
import type { AttachOptions } from "./attachment.ts";
import type { ControllerProfile } from "./controller-profile.ts";
import type { ReferenceGrants } from "./reference-grants.ts";

/** What it takes to follow a reference. */
export interface References {
  readonly objects: RoutingObjects;
  readonly grants: ReferenceGrants;
  /** Of the controller that follows it. */
  readonly profile: ControllerProfile;
  readonly undeclared: AttachOptions["undeclared"];
  readonly undeclaredNamespaces: AttachOptions["undeclaredNamespaces"];
  readonly undeclaredKeyPairs: AttachOptions["undeclaredKeyPairs"];
  readonly undeclaredTrustAnchors: AttachOptions["undeclaredTrustAnchors"];
  readonly standing: AttachOptions["standing"];
}
