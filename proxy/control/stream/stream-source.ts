import type { ChannelCredentials } from "@grpc/grpc-js";
import type { ConfigurationSource, TakeIn } from "../configuration-source.ts";
import { StreamClient } from "./client.ts";
import type { Hello, StreamAnswer } from "./messages.ts";

export interface StreamSourceOptions {
  readonly gateway: Hello["gateway"];
  /** Names this proxy: the name of its pod. */
  readonly instance: string;
  /** The name in the controller's certificate, which does not depend on the address. */
  readonly serverName: string;
  /** Returns the addresses of the controllers. Called before each connection. */
  readonly addresses: () => Promise<readonly string[]>;
  /** Called before each connection. */
  readonly credentials: () => Promise<ChannelCredentials>;
  /** Called before each connection. */
  readonly token: () => Promise<string>;
  readonly report: StreamReport;
}

/** Receives the events of the stream. */
export interface StreamReport {
  connected(address: string): void;
  /** The stream failed; the configuration in force stays. `address` is empty if none is known. */
  failed(address: string, error: Error): void;
  /** A configuration cannot be enforced; the previous one stays in force. */
  refused(error: Error): void;
}

/** The source of a configuration that the controller of a cluster streams, for one Gateway. */
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

  /** The controller writes the conditions, so there are none here. */
  conditions(): undefined {
    return undefined;
  }

  problems(): readonly string[] {
    return this.#problem === undefined ? [] : [this.#problem];
  }
}

function closedOf(sockets: Awaited<ReturnType<TakeIn>>): NonNullable<StreamAnswer["closed"]> {
  return sockets.flatMap(({ port, error }) => (error === undefined ? [] : [{ port, message: error.message }]));
}
