import { hkdfSync, randomBytes } from "node:crypto";

/** Lifetime of a key in milliseconds, and so the longest time until a session is resumed. */
const lifetime = 12 * 3_600_000;

/** Bytes that Node.js requires: a name, a key for authentication, one for encryption. */
const keyLength = 48;

/** Least bytes of a secret that cannot be guessed (RFC 5869 section 3.3). */
const leastSecretLength = 32;

export function newTicketSecret(): Uint8Array {
  return randomBytes(leastSecretLength);
}

/**
 * The keys of session tickets (RFC 5077, RFC 8446 section 4.6.1). They are derived from a secret and the time, so that
 * workers with the same secret resume each other's sessions without communicating, and change keys at the same moment.
 * A ticket of the previous key leads to a full handshake.
 */
export class TicketKeys {
  readonly #secret: Uint8Array;
  readonly #now: () => number;

  /**
   * @param secret default: random bytes.
   * @throws RangeError if the secret has less than 32 bytes.
   */
  constructor(secret: Uint8Array = newTicketSecret(), now: () => number = Date.now) {
    if (secret.length < leastSecretLength) {
      throw new RangeError(`ticketSecret has ${secret.length} bytes; at least ${leastSecretLength} are needed`);
    }
    this.#secret = Uint8Array.from(secret);
    this.#now = now;
  }

  /** Number of the current key; it changes when the key does. */
  get epoch(): number {
    return Math.floor(this.#now() / lifetime);
  }

  /** Returns the key of one epoch for the tickets of one purpose; keys of other purposes differ. */
  key(epoch: number, purpose: string): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#secret, "", `gatewright ticket ${epoch} ${purpose}`, keyLength));
  }
}

/** Longest time in seconds until a session is resumed. */
export const sessionLifetime: number = lifetime / 1000;
