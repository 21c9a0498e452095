/**
 * Fatal alerts (RFC 8446 section 6) for handshakes that are refused before a TLS library has seen them. Each is a record
 * by itself: nothing is encrypted yet.
 */
export const alerts = {
  handshakeFailure: alert(40),
  decodeError: alert(50),
  unrecognizedName: alert(112),
};

function alert(description: number): Buffer {
  const [alertRecord, fatal] = [21, 2];
  // The version of records is TLS 1.2's for all later ones as well (RFC 8446 section 5.1).
  return Buffer.from([alertRecord, 3, 3, 0, 2, fatal, description]);
}
