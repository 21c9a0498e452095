/** Where the controller itself runs: what the proxies that it makes need to know to find and to trust it. */
export interface Installation {
  /** Of the controller. */
  readonly namespace: string;
  /** `host:port` of the headless Service before the controllers. */
  readonly stream: string;
  /** PEM of the authority that signs the controller's certificate. */
  readonly authority: string;
  /** For whom a proxy's token is made. */
  readonly audience: string;
  /** Of the controller, and by default of proxies. */
  readonly image: string;
}

/** The audience of tokens that proxies show to the controller, and to nobody else. */
export const streamAudience = "gatewright.dev/controller";

/** The field manager of what the controller applies. */
export const fieldManager = "gatewright.dev/gateway-controller";
