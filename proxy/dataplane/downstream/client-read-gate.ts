import type { Socket } from "node:net";
import type { Shared } from "../exchange/shared.ts";
import { Pace } from "../overload/body-rate-guard.ts";

/**
 * Reading from a client: stops for as long as the backend does not take the request's body, the client does not take
 * what is ready for it, or bytes wait that came before their turn.
 */
export class Intake {
  /** Of the request's body. */
  readonly pace: Pace;
  readonly #socket: Socket;
  #waitsForBackend = false;
  #waitsForClient = false;
  #ahead: Buffer | undefined;
  #paused = false;

  constructor(socket: Socket, { limits, deadlines }: Shared) {
    this.#socket = socket;
    this.pace = new Pace(limits, deadlines);
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

  /** How many bytes wait for their turn. */
  get aheadBytes(): number {
    return this.#ahead?.length ?? 0;
  }

  /** Bytes wait for their turn. */
  get isAhead(): boolean {
    return this.#ahead !== undefined;
  }

  /** Nothing waits, neither for its turn nor for the client to take it. */
  get atRest(): boolean {
    return this.#ahead === undefined && this.#socket.writableLength === 0;
  }

  /** Keeps bytes behind the request that is being answered. Returns where they end. */
  keep(bytes: Buffer, start: number, end: number): number {
    const more = Buffer.from(bytes.subarray(start, end));
    this.#ahead = this.#ahead === undefined ? more : Buffer.concat([this.#ahead, more]);
    this.update();
    return end;
  }

  /** The bytes whose turn has come. Reading goes on with `update`, once they are dealt with. */
  take(): Buffer | undefined {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    return ahead;
  }

  /** Reads on, whatever there was to wait for. Returns the bytes that did. */
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
