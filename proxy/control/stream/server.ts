import { type Metadata, Server, type ServerCredentials, type ServerDuplexStream, status } from "@grpc/grpc-js";
import { type FromProxy, type Hello, type StreamAnswer, type ToProxy, updatesTo } from "./messages.ts";
import type { Malformed } from "./read-messages.ts";
import { type EnforcedResources, resourcesOf, type StreamResources } from "./resources.ts";
import { configurationService, largestFromProxy, largestMessage } from "./service.ts";

type Message = FromProxy | Malformed;
type Call = ServerDuplexStream<Message, ToProxy>;

export interface StreamServerOptions {
  /** Host and port to listen on, such as `[::]:15010`. */
  readonly address: string;
  readonly credentials: ServerCredentials;
  /**
   * Checks the credentials of a proxy.
   *
   * @throws Error for a proxy that may not have the configuration of this Gateway.
   */
  readonly authenticate: (metadata: Metadata, proxy: Pick<Hello, "gateway" | "instance">) => Promise<void>;
  /** Called when the state of the proxies of a Gateway (`namespace/name`) has changed. */
  readonly onChange: (gateway: string) => void;
  readonly onRefused: (gateway: string, instance: string, error: Error) => void;
  /**
   * Called when a client has sent a malformed message; its stream is closed.
   *
   * @param client the client's address and, after a hello, its Gateway and instance.
   */
  readonly onMalformed: (client: string, why: string) => void;
  /** Milliseconds to wait for the first message of a stream, after which the stream is closed. Default: 10 s. */
  readonly helloTimeout?: number;
}

/** The state of one connected proxy. */
export interface ConnectedProxy {
  readonly instance: string;
  /** The proxy enforces the newest configuration. */
  readonly current: boolean;
  /** Why the proxy refuses the newest configuration, in its own words. */
  readonly error?: string;
  /** Ports that the proxy could not open. */
  readonly closed: readonly { readonly port: number; readonly message: string }[];
}

/** Sends each Gateway's configuration to its proxies as changes, and tracks what they enforce. */
export class StreamServer {
  readonly #options: StreamServerOptions;
  readonly #wanted = new Map<string, StreamResources>();
  readonly #sessions = new Map<string, Set<Session>>();
  #server: Server | undefined;

  constructor(options: StreamServerOptions) {
    this.#options = options;
  }

  /** @returns the port on which the server listens. */
  listen(): Promise<number> {
    const server = new Server({
      "grpc.max_receive_message_length": largestFromProxy,
      "grpc.max_send_message_length": largestMessage,
      // A proxy whose node is gone closes no connection: if a ping is not answered, it no longer counts as connected.
      "grpc.keepalive_time_ms": 20_000,
      "grpc.keepalive_timeout_ms": 10_000,
    });
    server.addService(configurationService, { stream: (call: Call) => this.#accept(call) });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.bindAsync(this.#options.address, this.#options.credentials, (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
  }

  /** Sets the configurations of the proxies of each Gateway. */
  publish(gateways: ReadonlyMap<string, EnforcedResources>): void {
    for (const name of this.#wanted.keys()) if (!gateways.has(name)) this.#wanted.delete(name);
    for (const [name, enforced] of gateways) {
      this.#wanted.set(name, resourcesOf(enforced, this.#wanted.get(name)));
      for (const session of this.#sessions.get(name) ?? []) session.send(this.#wanted.get(name));
    }
  }

  /** Returns the connected proxies of a Gateway. */
  proxies(gateway: string): readonly ConnectedProxy[] {
    return [...(this.#sessions.get(gateway) ?? [])].map((session) => session.state);
  }

  /** Ends every stream. Proxies keep their configuration and look for another controller. */
  close(): void {
    this.#server?.forceShutdown();
    this.#sessions.clear();
  }

  #accept(call: Call): void {
    let session: Session | undefined;
    let closed = false;
    const leave = () => {
      closed = true;
      clearTimeout(silence);
      if (session === undefined) return;
      session.ended = true;
      if (this.#sessions.get(session.gateway)?.delete(session) === true) this.#options.onChange(session.gateway);
    };
    const refuse = (why: string) => {
      const proxy = session === undefined ? "" : ` ${session.gateway} ${session.instance}`;
      this.#options.onMalformed(`${call.getPeer()}${proxy}`, why);
      end(call, status.INVALID_ARGUMENT, why);
    };
    const { helloTimeout = 10_000 } = this.#options;
    const silence = setTimeout(() => refuse(`no hello in ${helloTimeout} ms`), helloTimeout);
    silence.unref();
    call.on("data", (message: Message) => {
      if (closed) return;
      clearTimeout(silence);
      if (message.type === "malformed") refuse(message.why);
      else if (message.type === "answer") {
        if (session?.answered(message) !== true) refuse(`nonce is ${message.nonce}, and no such update was sent`);
      } else if (session !== undefined) refuse("a second hello, expected an answer");
      else {
        session = new Session(call, message, (changed) => this.#options.onChange(changed));
        void this.#admit(call, session, message);
      }
    });
    call.on("end", () => {
      leave();
      call.end();
    });
    call.on("error", leave);
    call.on("cancelled", leave);
  }

  async #admit(call: Call, session: Session, hello: Hello): Promise<void> {
    try {
      await this.#options.authenticate(call.metadata, hello);
    } catch (error) {
      this.#options.onRefused(session.gateway, hello.instance, error as Error);
      end(call, status.PERMISSION_DENIED, "not admitted");
      return;
    }
    if (call.cancelled || session.ended) return;
    const own = this.#sessions.get(session.gateway) ?? new Set();
    this.#sessions.set(session.gateway, own.add(session));
    session.send(this.#wanted.get(session.gateway));
    this.#options.onChange(session.gateway);
  }
}

/** Ends a stream with a status that the client sees. */
function end(call: Call, code: status, reason: string): void {
  call.emit("error", Object.assign(new Error(reason), { code }));
}

/** One proxy's stream. */
class Session {
  readonly gateway: string;
  readonly instance: string;
  /** The stream is closed. That may happen before the proxy is admitted. */
  ended = false;
  readonly #call: Call;
  readonly #onChange: (gateway: string) => void;
  /** The hashes of the parts that the proxy has, or will have after it has read the messages on their way. */
  #has: Map<string, string>;
  #nonce = 0;
  #answered = 0;
  #error: string | undefined;
  #closed: ConnectedProxy["closed"] = [];

  constructor(call: Call, { gateway, instance, has }: Hello, onChange: (gateway: string) => void) {
    this.gateway = `${gateway.namespace}/${gateway.name}`;
    this.#call = call;
    this.instance = instance;
    this.#has = new Map(Object.entries(has));
    this.#onChange = onChange;
  }

  get state(): ConnectedProxy {
    const current = this.#nonce > 0 && this.#answered === this.#nonce && this.#error === undefined;
    return {
      instance: this.instance,
      current,
      closed: this.#closed,
      ...(this.#error !== undefined && { error: this.#error }),
    };
  }

  /**
   * Sends the differences to a configuration. Without one, the Gateway was deleted or is refused, and the proxy keeps
   * what it has.
   */
  send(wanted: StreamResources | undefined): void {
    if (wanted === undefined) return;
    const isFirst = this.#nonce === 0;
    const differs =
      [...wanted].some(([name, { hash }]) => this.#has.get(name) !== hash) || this.#has.size !== wanted.size;
    // The first update is sent even without differences, so that the proxy reports its state.
    if (!differs && !isFirst) return;
    for (const update of updatesTo(this.#has, wanted, ++this.#nonce)) this.#call.write(update);
    this.#has = new Map([...wanted].map(([name, { hash }]) => [name, hash]));
  }

  /**
   * Takes over the proxy's answer to an update.
   *
   * @returns false if no such update was sent.
   */
  answered({ nonce, error, closed = [] }: StreamAnswer): boolean {
    if (nonce > this.#nonce) return false;
    this.#answered = nonce;
    // An answer to an earlier update says nothing about the newest one.
    if (nonce === this.#nonce) {
      this.#error = error;
      this.#closed = closed;
      this.#onChange(this.gateway);
    }
    return true;
  }
}
