import type { Socket } from "node:net";
import type { Shared } from "../exchange/shared.ts";
import { BodyRateGuard } from "../overload/body-rate-guard.ts";

/**
 * Controls reading from a client. Reading pauses while the backend does not accept the request's body, while the client
 * does not read its response, and while bytes of a later request wait.
 */
export class ClientReadGate {
  /** The rate of the request's body. */
  readonly pace: BodyRateGuard;
  readonly #socket: Socket;
  #waitsForBackend = false;
  #waitsForClient = false;
  #ahead: Buffer | undefined;
  #paused = false;

  constructor(socket: Socket, { limits, deadlines }: Shared) {
    this.#socket = socket;
    this.pace = new BodyRateGuard(limits, deadlines);
  }

  get waitsForBackend(): boolean {
    return this.#waitsForBackend;
  }

  set waitsForBackend(waits: boolean) {
    this.#waitsForBackend = waits;
    if (!waits) this.pace.begin();
    this.update();
  }

  get waitsForClient(): boolean {
    return this.#waitsForClient;
  }

  set waitsForClient(waits: boolean) {
    this.#waitsForClient = waits;
    this.update();
  }

  /** The number of bytes that wait for their turn. */
  get aheadBytes(): number {
    return this.#ahead?.length ?? 0;
  }

  /** Bytes wait for their turn. */
  get isAhead(): boolean {
    return this.#ahead !== undefined;
  }

  /** True if no bytes wait for their turn or for the client to read them. */
  get atRest(): boolean {
    return this.#ahead === undefined && this.#socket.writableLength === 0;
  }

  /** Keeps bytes that follow the request which is being answered. Returns the offset of their end. */
  keep(bytes: Buffer, start: number, end: number): number {
    const more = Buffer.from(bytes.subarray(start, end));
    this.#ahead = this.#ahead === undefined ? more : Buffer.concat([this.#ahead, more]);
    this.update();
    return end;
  }

  /** Takes the bytes whose turn has come. Reading continues with `update`, after they are processed. */
  take(): Buffer | undefined {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    return ahead;
  }

  /** Resumes reading in any case. Returns the bytes that waited. */
  release(): Buffer | undefined {
    this.#waitsForBackend = false;
    this.#waitsForClient = false;
    const ahead = this.take();
    this.update();
    return ahead;
  }

  update(): void {
    const pause = this.#waitsForBackend || this.#waitsForClient || this.#ahead !== undefined;
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.#socket.pause();
    else this.#socket.resume();
  }
}
