import type { Construct } from "constructs";
import { ApplicationDeveloper, Gateway } from "gatewright";

export class Carol extends ApplicationDeveloper {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new Gateway(this, "mine", {
      gatewayClassName: "external-lb",
      listeners: [{ name: "http", protocol: "HTTP", port: 80 }],
    });
  }
}
