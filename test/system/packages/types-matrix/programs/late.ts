import type { Construct } from "constructs";
import { ApplicationDeveloper, HTTPRoute, type IGateway, service } from "gatewright";

/** An engine's value that is known later; the library knows it by its shape. */
export interface Output<T> {
  apply<U>(f: (value: T) => U): Output<U>;
}

export class Late extends ApplicationDeveloper {
  constructor(scope: Construct, id: string, props: { gateway: IGateway; name: Output<string>; port: Output<number> }) {
    super(scope, id, { namespace: props.name });
    new HTTPRoute(this, "late", {
      parentRefs: [props.gateway],
      hostnames: [props.name, { produce: () => "late.example.com" }],
      rules: [{ backendRefs: [{ ...service(props.name, props.port), weight: props.port }] }],
    });
  }
}
