import { setTimeout as sleep } from "node:timers/promises";
import { type ChannelCredentials, Client, type ClientDuplexStream, Metadata } from "@grpc/grpc-js";
import { Assembly } from "./assembly.ts";
import type { FromProxy, Hello, StreamAnswer, ToProxy } from "./messages.ts";
import type { Malformed } from "./read-messages.ts";
import type { EnforcedResources } from "./resources.ts";
import { configurationService, largestFromProxy, largestMessage } from "./service.ts";

export interface StreamClientOptions {
  readonly gateway: Hello["gateway"];
  /** Names this proxy: the name of its pod. */
  readonly instance: string;
  /** Returns the controllers' addresses, before each connection, since they change. Only the leader answers. */
  readonly addresses: () => Promise<readonly string[]>;
  /** The name in the controller's certificate. Default: the address. */
  readonly serverName?: string;
  /** Called before each connection, since certificates and tokens are renewed. */
  readonly credentials: () => Promise<ChannelCredentials>;
  readonly token?: () => Promise<string>;
  /**
   * Applies a configuration.
   *
   * @returns ports that could not be opened.
   * @throws Error for a configuration that is refused; the previous one stays in force.
   */
  readonly apply: (enforced: EnforcedResources) => Promise<StreamAnswer["closed"]>;
  readonly onConnected?: (address: string) => void;
  readonly onFailure?: (address: string, error: Error) => void;
  /** Milliseconds before the first retry; doubled up to `longestBackoff`, plus up to half at random. Default: 200. */
  readonly firstBackoff?: number;
  /** Longest wait between retries, in milliseconds. Default: 5 s. */
  readonly longestBackoff?: number;
}

/** Maximum characters of an error in a message to the controller, which accepts only small messages. */
const longestError = 8 * 1024;

type Message = ToProxy | Malformed;
type Call = ClientDuplexStream<FromProxy, Message>;

/**
 * Receives configurations from the controller, applies each one and reports the result. While no controller can be
 * reached, the last configuration stays in force. The next controller is told which parts the proxy has, and sends the
 * differences.
 */
export class StreamClient {
  readonly #options: StreamClientOptions;
  #assembly = new Assembly();
  #failures = 0;

  constructor(options: StreamClientOptions) {
    this.#options = options;
  }

  /** Follows the controller until the signal; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { firstBackoff = 200, longestBackoff = 5_000, onFailure = () => {} } = this.#options;
    while (!signal.aborted) {
      const addresses = await this.#options.addresses().catch((error: Error) => {
        onFailure("", error);
        return [];
      });
      for (const address of addresses) {
        if (signal.aborted) return;
        await this.#follow(address, signal).catch((error: Error) => signal.aborted || onFailure(address, error));
      }
      const wait = Math.min(longestBackoff, firstBackoff * 2 ** Math.min(this.#failures++, 10));
      await sleep(wait * (1 + Math.random() / 2), undefined, { signal }).catch(() => {});
    }
  }

  /** Follows one controller until the stream ends, as it does when the controller ends. */
  async #follow(address: string, signal: AbortSignal): Promise<void> {
    const { serverName, credentials } = this.#options;
    const client = new Client(address, await credentials(), {
      ...(serverName !== undefined && {
        "grpc.ssl_target_name_override": serverName,
        "grpc.default_authority": serverName,
      }),
      "grpc.max_receive_message_length": largestMessage,
      "grpc.max_send_message_length": largestMessage,
      // A controller whose node is gone closes no connection: if a ping is not answered, the client looks for another
      // one.
      "grpc.keepalive_time_ms": 10_000,
      "grpc.keepalive_timeout_ms": 5_000,
    });
    try {
      const metadata = new Metadata();
      if (this.#options.token !== undefined) metadata.set("authorization", `Bearer ${await this.#options.token()}`);
      const { path, requestSerialize, responseDeserialize } = configurationService.stream;
      const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
      const cancel = () => call.cancel();
      signal.addEventListener("abort", cancel, { once: true });
      try {
        await this.#converse(call, address);
      } finally {
        signal.removeEventListener("abort", cancel);
      }
    } finally {
      client.close();
    }
  }

  async #converse(call: Call, address: string): Promise<void> {
    const { gateway, instance, onConnected = () => {} } = this.#options;
    call.write(this.#hello(gateway, instance));
    let isFirst = true;
    for await (const message of call as AsyncIterable<Message>) {
      if (message.type === "malformed") throw new Error(`the controller sent a malformed message: ${message.why}`);
      if (isFirst) onConnected(address);
      isFirst = false;
      const answer = await this.#take(message);
      this.#failures = 0;
      if (answer !== undefined) call.write(answer);
    }
  }

  /** Makes the first message, with the parts that the proxy has if they fit. If not, everything is sent again. */
  #hello(gateway: Hello["gateway"], instance: string): Hello {
    const hello: Hello = { type: "hello", version: 1, gateway, instance, has: this.#assembly.hashes };
    if (Buffer.byteLength(JSON.stringify(hello)) <= largestFromProxy) return hello;
    this.#assembly = new Assembly();
    return { ...hello, has: {} };
  }

  /**
   * @returns the answer to an update that is complete.
   * @throws Error for a part that is not JSON: the stream is opened again, since the controller counts the part as
   *   received.
   */
  async #take(message: ToProxy): Promise<StreamAnswer | undefined> {
    const { nonce } = message;
    this.#assembly.take(message);
    if (!message.complete) return undefined;
    try {
      const closed = await this.#options.apply(this.#assembly.configuration());
      return { type: "answer", nonce, ...(closed !== undefined && closed.length > 0 && { closed }) };
    } catch (error) {
      return { type: "answer", nonce, error: (error as Error).message.slice(0, longestError) };
    }
  }
}
