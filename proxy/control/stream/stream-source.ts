import type { ChannelCredentials } from "@grpc/grpc-js";
import type { ConfigurationSource, TakeIn } from "../configuration-source.ts";
import { StreamClient } from "./client.ts";
import type { Answer, Hello } from "./messages.ts";

export interface StreamSourceOptions {
  readonly gateway: Hello["gateway"];
  /** This proxy: the pod's name. */
  readonly instance: string;
  /** The name in the controller's certificate, whatever address it is reached at. */
  readonly serverName: string;
  /** Where controllers may be, asked for before each connection. */
  readonly addresses: () => Promise<readonly string[]>;
  /** Asked for before each connection. */
  readonly credentials: () => Promise<ChannelCredentials>;
  /** Asked for before each connection. */
  readonly token: () => Promise<string>;
  readonly report: StreamReport;
}

/** Told how it goes with the stream. */
export interface StreamReport {
  connected(address: string): void;
  /** What is in force stays in force. `address` is empty if none is known. */
  failed(address: string, error: Error): void;
  /** A configuration that cannot be enforced; what was in force before still is. */
  refused(error: Error): void;
}

/** The controller of a cluster, which streams the configuration of one Gateway. */
export class StreamSource implements ConfigurationSource {
  readonly #options: StreamSourceOptions;
  #problem: string | undefined;

  constructor(options: StreamSourceOptions) {
    this.#options = options;
  }

  async follow(takeIn: TakeIn, signal: AbortSignal): Promise<void> {
    const { report, ...options } = this.#options;
    const client = new StreamClient({
      ...options,
      apply: async ({ ir, ...material }) => {
        try {
          return closedOf(await takeIn({ gateways: [ir], ...material }));
        } catch (error) {
          report.refused(error as Error);
          throw error;
        }
      },
      onConnected: (address) => {
        this.#problem = undefined;
        report.connected(address);
      },
      onFailure: (address, error) => {
        this.#problem = `No controller answers: ${error.message}`;
        report.failed(address, error);
      },
    });
    await client.run(signal);
  }

  /** The controller writes them. */
  conditions(): undefined {
    return undefined;
  }

  problems(): readonly string[] {
    return this.#problem === undefined ? [] : [this.#problem];
  }
}

function closedOf(sockets: Awaited<ReturnType<TakeIn>>): NonNullable<Answer["closed"]> {
  return sockets.flatMap(({ port, error }) => (error === undefined ? [] : [{ port, message: error.message }]));
}
