import { hkdfSync, randomBytes } from "node:crypto";

/** How long one key encrypts tickets, and so the longest that a session is resumed. */
const lifetime = 12 * 3_600_000;

/** Bytes that Node.js takes: a name, a key for authentication, one for encryption. */
const keyLength = 48;

/** Bytes of a secret that nobody can guess (RFC 5869 section 3.3). */
const leastSecretLength = 32;

export function newTicketSecret(): Uint8Array {
  return randomBytes(leastSecretLength);
}

/**
 * The keys of session tickets (RFC 5077, RFC 8446 section 4.6.1). They follow from a secret and the time, so that the
 * workers of a process that are given the same secret resume each other's sessions without a word, and change keys at
 * the same moment. A ticket of the key before means a full handshake.
 */
export class TicketKeys {
  readonly #secret: Uint8Array;
  readonly #now: () => number;

  /**
   * @param secret default: random bytes.
   * @throws RangeError if it has less than 32 bytes.
   */
  constructor(secret: Uint8Array = newTicketSecret(), now: () => number = Date.now) {
    if (secret.length < leastSecretLength) {
      throw new RangeError(`ticketSecret has ${secret.length} bytes; at least ${leastSecretLength} are needed`);
    }
    this.#secret = Uint8Array.from(secret);
    this.#now = now;
  }

  /** Changes when the key does. */
  get epoch(): number {
    return Math.floor(this.#now() / lifetime);
  }

  /** The key of one epoch for the tickets of one purpose, which no other's can be mistaken for. */
  key(epoch: number, purpose: string): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#secret, "", `gatewright ticket ${epoch} ${purpose}`, keyLength));
  }
}

/** Seconds for which a session may be resumed. */
export const sessionLifetime: number = lifetime / 1000;
