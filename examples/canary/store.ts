import type { Construct } from "constructs";
import { ApplicationDeveloper, header, type IGateway, pathPrefix, redirect, replacePath, service } from "gatewright";
import { Canary, cookie } from "gatewright/patterns";

export interface AcmeStoreProps {
  readonly gateway: IGateway;
  /** The current step of the rollout, from 0. */
  readonly step: number;
}

/** The application developer's part (Carol). Version 2 of the store takes over in steps; testers get it at once. */
export class AcmeStore extends ApplicationDeveloper {
  readonly route: Canary;

  constructor(scope: Construct, id: string, { gateway, step }: AcmeStoreProps) {
    super(scope, id, { namespace: "store" });
    this.route = new Canary(this, "acme-store", {
      parentRefs: [gateway],
      hostnames: ["acme.io"],
      rules: [
        { matches: [pathPrefix("/store")] },
        { matches: [pathPrefix("/checkout")], backendRefs: [service("checkout", 8080)] },
        { matches: [pathPrefix("/shop")], filters: [redirect({ path: replacePath("/store"), statusCode: 301 })] },
      ],
      stable: service("acme-store", 8080),
      canary: service("acme-store-canary", 8080),
      steps: [0, 5, 25, 100],
      step,
      testers: [header("serve", "canary"), cookie("serve", "canary")],
    });
  }
}
