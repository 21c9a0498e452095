/** Where the controller itself runs: what the proxies that it makes need to know to find and to trust it. */
export interface Installation {
  /** `host:port` of the headless Service before the controllers. */
  readonly stream: string;
  /** PEM of the authority that signs the controller's certificate. */
  readonly authority: string;
  /** The name by which classes name the controller. */
  readonly controllerName: string;
  /** For whom a proxy's token is made. */
  readonly audience: string;
}

/** The audience of tokens that proxies show to the controller, and to nobody else. */
export const streamAudience = "gatewright.dev/controller";

/** The field manager of what the controller applies. */
export const fieldManager = "gatewright.dev/gateway-controller";
