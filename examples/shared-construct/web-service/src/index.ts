import type { Construct } from "constructs";
import { ApplicationDeveloper, HTTPRoute, type IGateway, service, setHeaders } from "gatewright";
import { Canary } from "gatewright/patterns";

export interface WebServiceProps {
  /** Namespace of the team. */
  readonly namespace: string;
  readonly gateway: IGateway;
  /** Default: the id as a subdomain of acme.io. */
  readonly hostname?: string;
  /** Port of the Service, whose name is the id. Default: 8080. */
  readonly port?: number;
  /** Index of the rollout step to the Service `ID-canary`: 0, 1, 10, 50 and 100 %. Default: no rollout. */
  readonly rollout?: number;
}

/** The decisions of Acme's platform team for every service: hostname, request timeout and rollout steps. */
export class WebService extends ApplicationDeveloper {
  readonly route: HTTPRoute;

  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id, { namespace: props.namespace });
    const { gateway, hostname = `${id}.acme.io`, port = 8080, rollout } = props;
    const stable = service(id, port);
    const attached = { parentRefs: [gateway], hostnames: [hostname] };
    const rule = { filters: [setHeaders({ "x-acme-service": id })], timeouts: { request: "15s" } };
    this.route =
      rollout === undefined
        ? new HTTPRoute(this, id, { ...attached, rules: [{ ...rule, backendRefs: [stable] }] })
        : new Canary(this, id, {
            ...attached,
            rules: [rule],
            stable,
            canary: service(`${id}-canary`, port),
            steps: [0, 1, 10, 50, 100],
            step: rollout,
          });
  }
}
