import { Persona } from "../constructs/persona.ts";

/**
 * The scope of the application developer (Carol). It declares where traffic goes: routes and BackendTLSPolicies, and
 * optionally ListenerSets and ReferenceGrants. Extend it for your own application:
 *
 * ```ts
 * export class AcmeStore extends ApplicationDeveloper {
 *   constructor(scope: Construct, id: string, props: { gateway: IGateway }) {
 *     super(scope, id, { namespace: "store" });
 *     new HTTPRoute(this, "acme-store", { parentRefs: [props.gateway], rules: [ … ] });
 *   }
 * }
 * ```
 */
export class ApplicationDeveloper extends Persona<"ApplicationDeveloper"> {
  override get persona(): "ApplicationDeveloper" {
    return "ApplicationDeveloper";
  }
}
