import { createServer } from "node:net";
import type { BoundSocket, LocalSocket } from "../../dataplane/routing/snapshot.ts";
import { socketKey } from "../local-sockets.ts";

/** SO_REUSEPORT spreads connections over threads on these systems; Node.js knows it since 23.1. */
const systems = new Set(["linux", "freebsd"]);

/** Whether several threads of one process can listen on the same port here. */
export function canSharePorts(version: string = process.versions.node, system: string = process.platform): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return systems.has(system) && (major > 23 || (major === 23 && minor >= 1));
}

type Refusal = NonNullable<BoundSocket["error"]>;

/**
 * The ports that several threads listen on. Since the system lets them, it would let another process of the same user as
 * well, and one Gateway on the port of another: whoever wants a port for the first time is told here if it is taken.
 */
export class SharedPorts {
  /** By address and Gateway port, the number in use, and who bound it before it had one. */
  readonly #bound = new Map<string, { readonly localPort: number; readonly first: object }>();

  /** Why sockets cannot be had, by their keys; those that are bound already can. */
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

  /** Whether all of them are bound by some thread. */
  has(sockets: readonly LocalSocket[]): boolean {
    return sockets.every((socket) => this.#bound.has(keyOf(socket)));
  }

  /** Remembers what the first thread has bound. */
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

  /** The socket as a thread is asked for it: where the system was to choose, the number that it chose for the first. */
  of(thread: object, socket: LocalSocket): LocalSocket {
    const known = this.#bound.get(keyOf(socket));
    if (socket.localPort !== 0 || known === undefined || known.first === thread) return socket;
    return { ...socket, localPort: known.localPort };
  }

  /** The number in use. */
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

/** Why nobody can bind the address alone, which is what tells whether somebody has it. */
function refusalOf({ host, localPort }: LocalSocket): Promise<Refusal | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", ({ code, message }: NodeJS.ErrnoException) =>
      resolve({ message, ...(code !== undefined && { code }) }),
    );
    probe.listen({ host, port: localPort, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}
