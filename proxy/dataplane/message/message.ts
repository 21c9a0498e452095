/**
 * The interfaces between an exchange and the readers and writers of messages. They are the same for every HTTP version,
 * so that one exchange can join any two.
 */
import type { Head } from "./head.ts";

/** A request whose head is complete. */
export interface RequestMessage {
  readonly method: string;
  readonly head: Head;
  /** The version is at least HTTP/1.1: the request may offer an upgrade, and its client accepts interim responses. */
  readonly isHttp11: boolean;
}

/** A response whose head is complete. */
export interface ResponseMessage {
  readonly status: number;
  readonly head: Head;
}

/** The positions of a body's data in the bytes of a read, if there is framing in between. */
export interface BodyPieces {
  /** Alternating start and end of each piece. */
  readonly pieces: Int32Array;
  readonly pieceCount: number;
  /** The sum of the pieces' lengths. */
  readonly pieceBytes: number;
}

/** Returns the pieces' data as latin1 text. */
export function piecesText(bytes: Buffer, { pieces, pieceCount }: BodyPieces): string {
  let data = "";
  for (let i = 0; i < pieceCount; i++) data += bytes.toString("latin1", pieces[i * 2], pieces[i * 2 + 1]);
  return data;
}

/**
 * The head of a request in the form of the backend's protocol: latin1 text for HTTP/1.1, alternating names and values
 * for HTTP/2, pseudo-header fields first.
 */
export type OutgoingHead = string | readonly string[];

/** The part of a request's body that has arrived, kept to be sent, possibly more than once. */
export interface OutgoingBody {
  /** The length, as in `requestLength`. */
  readonly length: number;
  /** The beginning of the body's data, as latin1 without framing. */
  readonly opening: string;
  /** The request is complete. */
  readonly ended: boolean;
  /** Trailer lines, once the request is complete. */
  readonly trailers: string;
}

/** Writes one request to a connection of an endpoint, with the framing of its protocol. */
export interface RequestOutlet {
  /** Begins a request with its head, in the form of this outlet's protocol, and the received part of the body. */
  begin(head: OutgoingHead, body: OutgoingBody): void;
  /** Writes further data of the body. */
  bytes(bytes: Buffer, start: number, end: number): void;
  chunks(bytes: Buffer, pieces: BodyPieces): void;
  /** Completes the body. `trailers` are lines. */
  end(trailers: string): void;
}
