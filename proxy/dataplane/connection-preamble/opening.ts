import type { Socket } from "node:net";
import type { Deadlines, Waiter } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";
import { announceClient } from "../sockets/sockets.ts";
import { type ClientHello, readClientHello } from "./client-hello.ts";
import { readProxyHeader } from "./proxy-header.ts";

/** The parts that must precede a connection's protocol. */
export interface Expected {
  readonly proxyHeader: boolean;
  readonly clientHello: boolean;
}

/** The part that was missing when an opening failed. */
export type OpeningStage = "proxyHeader" | "clientHello";

/** `foreign`: the client speaks another protocol than TLS. */
export type OpeningError = "invalid" | "foreign" | "timeout" | "closed";

/** Receives the result of an opening, once. */
export interface OpeningOwner {
  /**
   * All expected parts have arrived. The socket contains the unread bytes, including the hello, and has no reader.
   *
   * @param timeLeft remaining milliseconds of `handshakeTimeout`; 0 for no limit.
   */
  opened(socket: Socket, hello: ClientHello | undefined, timeLeft: number): void;
  /** An expected part is missing or invalid, and the connection is useless. */
  notOpened(socket: Socket, stage: OpeningStage, error: OpeningError): void;
}

/**
 * Reads the beginning of a connection, before its protocol is known: a PROXY header, which is removed and whose address
 * becomes the client's, and a TLS ClientHello, which is only inspected.
 */
export class ConnectionPreamble implements Waiter {
  due = 0;
  slot = -1;
  readonly #socket: Socket;
  readonly #expected: Expected;
  readonly #limits: Limits;
  readonly #deadlines: Deadlines;
  readonly #owner: OpeningOwner;
  #bytes: Buffer = Buffer.alloc(0);
  #needsHeader: boolean;
  #done = false;

  /** @param socket accepted with `pauseOnConnect`. */
  constructor(socket: Socket, expected: Expected, limits: Limits, deadlines: Deadlines, owner: OpeningOwner) {
    this.#socket = socket;
    this.#expected = expected;
    this.#needsHeader = expected.proxyHeader;
    this.#limits = limits;
    this.#deadlines = deadlines;
    this.#owner = owner;
    socket.on("readable", this.#onReadable);
    socket.on("end", this.#onEnd);
    // Errors are handled in "close", which always follows.
    socket.on("error", ignore);
    socket.on("close", this.#onEnd);
    deadlines.set(this, limits.handshakeTimeout);
  }

  /** Closes the connection. */
  destroy(): void {
    this.#fail("closed");
    this.#socket.destroy();
  }

  onDeadline(): void {
    this.#fail("timeout");
  }

  readonly #onEnd = (): void => this.#fail("closed");

  readonly #onReadable = (): void => {
    const chunk: Buffer | null = this.#socket.read();
    if (chunk === null || this.#done) return;
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    if (this.#needsHeader && !this.#takeHeader()) return;
    if (!this.#expected.clientHello) this.#succeed(undefined);
    else this.#readHello();
  };

  /** @returns whether the header has been removed. */
  #takeHeader(): boolean {
    const header = readProxyHeader(this.#bytes, this.#limits.proxyHeaderBytes);
    if (header === "incomplete") return false;
    if (header === "invalid") {
      this.#fail("invalid");
      return false;
    }
    this.#needsHeader = false;
    this.#bytes = this.#bytes.subarray(header.length);
    if (header.address !== undefined) announceClient(this.#socket, header.address);
    return true;
  }

  #readHello(): void {
    const hello = readClientHello(this.#bytes, this.#limits.clientHelloBytes);
    if (hello === "incomplete") return;
    if (typeof hello === "object") this.#succeed(hello);
    else this.#fail(hello);
  }

  #succeed(hello: ClientHello | undefined): void {
    const timeLeft = this.due === 0 ? 0 : Math.max(1, this.due - this.#deadlines.now);
    this.#finish();
    if (this.#bytes.length > 0) this.#socket.unshift(this.#bytes);
    this.#owner.opened(this.#socket, hello, timeLeft);
  }

  #fail(error: OpeningError): void {
    if (this.#done) return;
    this.#finish();
    this.#owner.notOpened(this.#socket, this.#needsHeader ? "proxyHeader" : "clientHello", error);
  }

  #finish(): void {
    this.#done = true;
    this.#deadlines.remove(this);
    this.#socket.removeListener("readable", this.#onReadable);
    this.#socket.removeListener("end", this.#onEnd);
    this.#socket.removeListener("close", this.#onEnd);
  }
}

function ignore(): void {}
