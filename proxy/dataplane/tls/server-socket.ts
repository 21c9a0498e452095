import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { carry } from "../sockets/sockets.ts";
import type { HandshakeTerms } from "./listener-tls.ts";

/** What a client may choose to speak inside TLS (ALPN, RFC 7301), the most wanted first. */
export const servedProtocols: readonly string[] = ["h2", "http/1.1"];

/** A client that has ended its side is answered all the same; @types/node lacks the option. */
const allowHalfOpen = { allowHalfOpen: true };

/**
 * The server's side of TLS over a connection, by the terms of one listener. What the connection holds unread is the
 * first that is read of it. `secure` is emitted when the handshake is done.
 *
 * Node.js documents the class, and leaves to its own `tls.Server`, which cannot choose terms for each connection, what
 * the functions below do. They are all that is here of its insides.
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
 * Leaves it to whoever looks at the verdict what becomes of a certificate that does not verify. OpenSSL goes on with the
 * handshake and keeps the reason in its queue of errors, where Node.js takes it for a failure of what is read next
 * (SSL_get_error: the queue must be empty before): a certificate of an authority that has the name of one that is trusted
 * and another key ends the connection of a client that need not show any. Failures of TLS itself come from its own part
 * of OpenSSL.
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
 * Whether the client has shown a certificate that leads to a trust anchor, in this handshake or in the one whose session
 * it resumes. Should a release of Node.js not tell, nobody is let in.
 */
export function hasValidCertificate(secured: TLSSocket): boolean {
  const { _handle: handle } = secured as Inside;
  return typeof handle?.verifyError === "function" && (handle.verifyError() ?? undefined) === undefined;
}

/**
 * The handshake is done: from now on a failure of TLS, such as a record that was tampered with, is an error and ends the
 * connection, and HTTP/2 may begin on it.
 */
export function establish(secured: TLSSocket): void {
  const inside = secured as Inside;
  secured.on("error", () => secured.destroy());
  inside._releaseControl?.();
  inside.secureConnecting = false;
}
