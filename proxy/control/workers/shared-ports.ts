import { createServer } from "node:net";
import type { BoundSocket, LocalSocket } from "../../dataplane/routing/snapshot.ts";
import { socketKey } from "../local-sockets.ts";

/** Systems on which SO_REUSEPORT distributes connections over threads. Node.js supports it since 23.1. */
const systems = new Set(["linux", "freebsd"]);

/** Returns whether several threads of one process can listen on the same port on this system. */
export function canSharePorts(version: string = process.versions.node, system: string = process.platform): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return systems.has(system) && (major > 23 || (major === 23 && minor >= 1));
}

type Refusal = NonNullable<BoundSocket["error"]>;

/**
 * The ports on which several threads listen. SO_REUSEPORT would also let another process of the same user, or another
 * Gateway, listen on such a port. So the first bind of a port checks whether it is taken.
 */
export class SharedPorts {
  /** The bound port number by address and Gateway port, and the thread that bound it first. */
  readonly #bound = new Map<string, { readonly localPort: number; readonly first: object }>();

  /** Returns the errors of sockets that cannot be bound, by key. Sockets that are bound already are not refused. */
  async refusals(sockets: readonly LocalSocket[]): Promise<ReadonlyMap<string, Refusal>> {
    const refused = new Map<string, Refusal>();
    const owners = new Map<string, LocalSocket>();
    for (const socket of sockets) {
      const { host, localPort } = socket;
      const owner = localPort === 0 ? undefined : owners.get(`${host} ${localPort}`);
      if (owner !== undefined) refused.set(keyOf(socket), { message: takenBy(owner) });
      else owners.set(`${host} ${localPort}`, socket);
    }
    for (const socket of sockets) {
      const key = keyOf(socket);
      if (this.#bound.has(key) || refused.has(key) || socket.localPort === 0) continue;
      const refusal = await refusalOf(socket);
      if (refusal !== undefined) refused.set(key, refusal);
    }
    return refused;
  }

  /** Returns whether all sockets are bound by some thread. */
  has(sockets: readonly LocalSocket[]): boolean {
    return sockets.every((socket) => this.#bound.has(keyOf(socket)));
  }

  /** Remembers the sockets that the first thread has bound. */
  bind(thread: object, bound: readonly { readonly asked: LocalSocket; readonly got: BoundSocket }[]): void {
    for (const { asked, got } of bound) {
      const key = keyOf(asked);
      if (got.error !== undefined) this.#bound.delete(key);
      else if (!this.#bound.has(key)) this.#bound.set(key, { localPort: got.localPort, first: thread });
    }
  }

  retain(sockets: readonly LocalSocket[]): void {
    const keys = new Set(sockets.map(keyOf));
    for (const key of this.#bound.keys()) if (!keys.has(key)) this.#bound.delete(key);
  }

  /** Returns the socket for a thread to bind: port 0 becomes the number that the system chose for the first thread. */
  of(thread: object, socket: LocalSocket): LocalSocket {
    const known = this.#bound.get(keyOf(socket));
    if (socket.localPort !== 0 || known === undefined || known.first === thread) return socket;
    return { ...socket, localPort: known.localPort };
  }

  /** Returns the port number in use. */
  localPort(socket: LocalSocket): number {
    return this.#bound.get(keyOf(socket))?.localPort ?? socket.localPort;
  }
}

export function keyOf({ gateway, port, host, localPort }: LocalSocket): string {
  return `${socketKey(gateway, port)} ${host} ${localPort}`;
}

function takenBy({ gateway, port }: LocalSocket): string {
  return `port ${port} of the Gateway ${gateway.namespace}/${gateway.name} has this address`;
}

/** Tries to bind the address exclusively, which fails if any process has it. Returns the error. */
function refusalOf({ host, localPort }: LocalSocket): Promise<Refusal | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", ({ code, message }: NodeJS.ErrnoException) =>
      resolve({ message, ...(code !== undefined && { code }) }),
    );
    probe.listen({ host, port: localPort, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}
