/**
 * What an exchange takes from whoever reads a message, and gives to whoever writes one: the same for every version of
 * HTTP, so that one exchange joins any two.
 */
import type { Head } from "./head.ts";

/** A request whose head is complete. */
export interface RequestMessage {
  readonly method: string;
  readonly head: Head;
  /** At least HTTP/1.1: it may ask for an upgrade, and its client takes interim responses. */
  readonly isHttp11: boolean;
}

/** A response whose head is complete. */
export interface ResponseMessage {
  readonly status: number;
  readonly head: Head;
}

/** Where in a read's bytes the data of a body is, if there is framing between it. */
export interface BodyPieces {
  /** Start and end of each piece in turn. */
  readonly pieces: Int32Array;
  readonly pieceCount: number;
  /** Sum of the pieces' lengths. */
  readonly pieceBytes: number;
}

/** The pieces' data, as latin1 text. */
export function piecesText(bytes: Buffer, { pieces, pieceCount }: BodyPieces): string {
  let data = "";
  for (let i = 0; i < pieceCount; i++) data += bytes.toString("latin1", pieces[i * 2], pieces[i * 2 + 1]);
  return data;
}

/**
 * The head of a request as it goes to a backend, in the form that the backend's protocol needs: for HTTP/1.1 its text
 * (latin1), for HTTP/2 names and values in turn, pseudo-header fields first.
 */
export type OutgoingHead = string | readonly string[];

/** What is there of the body of a request, kept to be sent, perhaps more than once. */
export interface OutgoingBody {
  /** As in `requestLength`. */
  readonly length: number;
  /** The beginning of the body's data: latin1, without framing. */
  readonly opening: string;
  /** The request is complete. */
  readonly ended: boolean;
  /** Lines, once the request is complete. */
  readonly trailers: string;
}

/** Takes one request on a connection to an endpoint, and frames it as its protocol does. */
export interface RequestOutlet {
  /** The head, made for the protocol of this outlet, and what is there of the body. */
  begin(head: OutgoingHead, body: OutgoingBody): void;
  /** More of the body, of either kind of length. */
  bytes(bytes: Buffer, start: number, end: number): void;
  chunks(bytes: Buffer, pieces: BodyPieces): void;
  /** The body is complete. `trailers` are lines. */
  end(trailers: string): void;
}
