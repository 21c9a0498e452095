import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Limits } from "../../../proxy/dataplane/limits/limits.ts";
import type { Stats } from "../../../proxy/dataplane/stats/stats.ts";
import type { KeyPair } from "../../../proxy/dataplane/tls/key-pairs.ts";
import type { SnapshotOptions } from "../../unit/dataplane/harness/configuration.ts";

/** The initial settings of a proxy process. With a key pair it serves HTTPS. */
export interface Start {
  readonly options: SnapshotOptions;
  readonly limits?: Partial<Limits>;
  readonly tls?: KeyPair;
}

export interface ProxyOrder {
  readonly apply?: SnapshotOptions;
}

/** Memory in bytes after a garbage collection, and counters of connections. */
export interface Holding {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  readonly active: number;
  readonly accepted: number;
  readonly refused: number;
  readonly tunnels: number;
  readonly overload: Stats["overload"];
}

/** A handle of the proxy in `proxy-process.ts`. */
export class ProxyChild {
  readonly port: number;
  readonly #child: ChildProcess;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async spawn(start: Start): Promise<ProxyChild> {
    const script = fileURLToPath(new URL("./proxy-process.ts", import.meta.url));
    const options = ["--expose-gc", "--conditions=gatewright-source", script, JSON.stringify(start)];
    const child = spawn(process.execPath, options, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const [message] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [{ port?: number }];
    if (typeof message?.port !== "number") throw new Error("the proxy's process did not begin to listen");
    return new ProxyChild(child, message.port);
  }

  /** The process is running: no data from a socket has ended it. */
  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  measure(): Promise<Holding> {
    return this.#ask({}) as Promise<Holding>;
  }

  apply(options: SnapshotOptions): Promise<unknown> {
    return this.#ask({ apply: options });
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Sends an order. Orders are sent one by one, since responses have no number. */
  #ask(order: ProxyOrder): Promise<unknown> {
    const asked = this.#turn.then(async () => {
      const answered = once(this.#child, "message");
      this.#child.send(order);
      const [{ told }] = (await answered) as [{ told: unknown }];
      return told;
    });
    this.#turn = asked.catch(() => undefined);
    return asked;
  }
}

/** Starts a proxy process that ends with the test. */
export async function startProxyChild(context: TestContext, start: Start): Promise<ProxyChild> {
  const child = await ProxyChild.spawn(start);
  context.after(() => child.kill());
  return child;
}
