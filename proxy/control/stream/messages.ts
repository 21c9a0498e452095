/**
 * What passes between the controller and a proxy: delta xDS in all but its names. The proxy says what it has, is sent
 * what differs, and answers each update that is complete. Both sides ignore fields that they do not know.
 */

/** The first message of a proxy. */
export interface Hello {
  readonly type: "hello";
  /** Version of these messages: 1. */
  readonly version: number;
  readonly gateway: { readonly namespace: string; readonly name: string };
  /** Which of the Gateway's proxies: the pod's name. */
  readonly instance: string;
  /** The hashes of the parts that it has, by name, from an earlier connection. */
  readonly has: Readonly<Record<string, string>>;
}

/** The answer to an update that is complete: it is enforced, or why it is not and what was before still is. */
export interface Answer {
  readonly type: "answer";
  readonly nonce: number;
  /** Absent: it is enforced. */
  readonly error?: string;
  /** Ports that could not be opened, and why, though all else is enforced. */
  readonly closed?: readonly { readonly port: number; readonly message: string }[];
}

export type FromProxy = Hello | Answer;

export interface Part {
  readonly name: string;
  readonly hash: string;
  /** JSON. */
  readonly body: string;
}

/** A change of the configuration, in one message or several: it counts only once `complete` comes. */
export interface Update {
  readonly type: "update";
  readonly nonce: number;
  readonly changed: readonly Part[];
  readonly removed: readonly string[];
  readonly complete: boolean;
}

export type ToProxy = Update;

/** Bytes of bodies after which an update goes on in another message. */
const messageSize = 256 * 1024;

/** @param has the hashes of what the proxy has. Empty if there is nothing to send. */
export function updatesTo(
  has: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, { readonly hash: string; readonly body: string }>,
  nonce: number,
): readonly Update[] {
  const removed = [...has.keys()].filter((name) => !wanted.has(name));
  const changed: Part[] = [];
  for (const [name, { hash, body }] of wanted) if (has.get(name) !== hash) changed.push({ name, hash, body });
  const updates: Update[] = [];
  let part: Part[] = [];
  let size = 0;
  for (const one of changed) {
    if (size > 0 && size + one.body.length > messageSize) {
      updates.push({ type: "update", nonce, changed: part, removed: [], complete: false });
      part = [];
      size = 0;
    }
    part.push(one);
    size += one.body.length;
  }
  return [...updates, { type: "update", nonce, changed: part, removed, complete: true }];
}
