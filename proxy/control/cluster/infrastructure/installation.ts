/** The installation of the controller: what its proxies need to find and to trust it. */
export interface Installation {
  /** `host:port` of the controllers' headless Service. */
  readonly stream: string;
  /** PEM certificate of the authority that signs the controller's certificate. */
  readonly authority: string;
  /** The controllerName by which GatewayClasses name this controller. */
  readonly controllerName: string;
  /** The audience of the proxies' tokens. */
  readonly audience: string;
}

/** The audience of tokens that proxies present to the controller only. */
export const streamAudience = "gatewright.dev/controller";

/** The field manager of the objects that the controller applies. */
export const fieldManager = "gatewright.dev/gateway-controller";
