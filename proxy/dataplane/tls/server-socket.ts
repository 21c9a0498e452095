import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { carry } from "../sockets/sockets.ts";
import type { HandshakeTerms } from "./listener-tls.ts";

/** Protocols that a client may choose inside TLS (ALPN, RFC 7301), the preferred one first. */
export const servedProtocols: readonly string[] = ["h2", "http/1.1"];

/** Lets the server respond after the client has ended its side; @types/node lacks the option. */
const allowHalfOpen = { allowHalfOpen: true };

/**
 * Creates the server's side of TLS over a connection, with the parameters of one listener. Unread bytes of the
 * connection are read first. `secure` is emitted when the handshake is done.
 *
 * Node.js documents the class, but the functions below do work that it leaves to its own `tls.Server`, which cannot
 * choose parameters for each connection. Only they depend on internals of Node.js.
 */
export function serverSocket(carrier: Socket, { context, clientCertificate }: HandshakeTerms): TLSSocket {
  const secured = new TLSSocket(carrier, {
    isServer: true,
    secureContext: context,
    ALPNProtocols: [...servedProtocols],
    requestCert: clientCertificate !== "none",
    rejectUnauthorized: clientCertificate === "required",
    ...allowHalfOpen,
  });
  carry(secured, carrier);
  if (clientCertificate !== "none") leaveVerdict(secured);
  return secured;
}

interface Inside {
  readonly _handle?: Handle | null;
  readonly _releaseControl?: () => boolean;
  secureConnecting?: boolean;
}

interface Handle {
  readonly verifyError?: () => unknown;
  onerror?: (this: Handle, error: { readonly library?: string }) => void;
}

/**
 * Keeps a certificate that does not verify from failing a read; `hasValidCertificate` decides about it. OpenSSL
 * continues the handshake and keeps the reason in its error queue, where Node.js takes it for a failure of the next
 * read (SSL_get_error requires an empty queue). For example, a certificate of an authority with the name of a trusted
 * one but another key would end the connection of a client that need not show any. Failures of TLS itself come from
 * OpenSSL's SSL library.
 */
function leaveVerdict(secured: TLSSocket): void {
  const { _handle: handle } = secured as Inside;
  const failed = handle?.onerror;
  if (!handle || failed === undefined) return;
  handle.onerror = (error) => {
    if (error.library === "SSL routines") failed.call(handle, error);
  };
  secured.once("secure", () => {
    setImmediate(() => {
      handle.onerror = failed;
    });
  });
}

/**
 * Returns whether the client has shown a certificate that leads to a trust anchor, in this handshake or in the one
 * whose session it resumes. If a release of Node.js does not tell, the result is false.
 */
export function hasValidCertificate(secured: TLSSocket): boolean {
  const { _handle: handle } = secured as Inside;
  return typeof handle?.verifyError === "function" && (handle.verifyError() ?? undefined) === undefined;
}

/**
 * Marks the handshake as done: from now on a failure of TLS, such as a record that was tampered with, is an error and
 * ends the connection, and HTTP/2 may begin on it.
 */
export function establish(secured: TLSSocket): void {
  const inside = secured as Inside;
  secured.on("error", () => secured.destroy());
  inside._releaseControl?.();
  inside.secureConnecting = false;
}
