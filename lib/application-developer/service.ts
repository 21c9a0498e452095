import { Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";
import type { ApplicationDeveloper } from "./application-developer.ts";
import type { ServiceSpec } from "./service-spec.ts";

export interface ServiceProps extends ServiceSpec, ManifestProps {}

const kind: ManifestKind = {
  apiVersion: "v1",
  kind: "Service",
  scope: "Namespaced",
  personas: ["ApplicationDeveloper"],
};

/**
 * A Service that routes send traffic to. If it is declared, the ports that routes name are checked, and its
 * `appProtocol` is known.
 *
 * ```ts
 * const web = new Service(this, "web", { selector: { app: "web" }, ports: [{ port: 8080 }] });
 * new HTTPRoute(this, "web-route", { parentRefs: [gateway], rules: [{ backendRefs: [service(web)] }] });
 * ```
 */
export class Service extends Manifest {
  readonly props: ServiceProps;

  constructor(scope: ApplicationDeveloper, id: string, props: ServiceProps) {
    super(scope, id, kind, props);
    this.props = props;
  }

  override get kind(): "Service" {
    return "Service";
  }

  override toSpec(): ServiceSpec {
    return specOf(this.props);
  }
}
