/**
 * The messages between the controller and a proxy, similar to delta xDS. The proxy says which parts it has, receives
 * the differences, and answers each complete update. Both sides ignore fields that they do not know.
 */

/** The first message of a proxy. */
export interface Hello {
  readonly type: "hello";
  /** Version of this protocol: 1. */
  readonly version: number;
  readonly gateway: { readonly namespace: string; readonly name: string };
  /** The proxy among those of the Gateway: the name of its pod. */
  readonly instance: string;
  /** The hashes by name of the parts that the proxy received in an earlier connection. */
  readonly has: Readonly<Record<string, string>>;
}

/** The answer to a complete update: the configuration is enforced, or refused and the previous one stays in force. */
export interface StreamAnswer {
  readonly type: "answer";
  readonly nonce: number;
  /** The reason of a refusal. Absent: the configuration is enforced. */
  readonly error?: string;
  /** Ports that could not be opened, with the reason. The rest of the configuration is enforced. */
  readonly closed?: readonly { readonly port: number; readonly message: string }[];
}

export type FromProxy = Hello | StreamAnswer;

export interface Part {
  readonly name: string;
  readonly hash: string;
  /** JSON. */
  readonly body: string;
}

/** A change of the configuration, in one or more messages. It takes effect with the one that is `complete`. */
export interface Update {
  readonly type: "update";
  readonly nonce: number;
  readonly changed: readonly Part[];
  readonly removed: readonly string[];
  readonly complete: boolean;
}

export type ToProxy = Update;

/** Size of bodies, in characters, after which an update continues in another message. */
const messageSize = 256 * 1024;

/**
 * Divides the differences into messages; the result always ends with a complete update.
 *
 * @param has the hashes of the parts that the proxy has.
 */
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
