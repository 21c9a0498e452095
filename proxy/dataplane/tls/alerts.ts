/**
 * Fatal alerts (RFC 8446 section 6) for handshakes that are refused before a TLS library has seen them. Each is one
 * record: nothing is encrypted yet.
 */
export const alerts = {
  handshakeFailure: alert(40),
  decodeError: alert(50),
  unrecognizedName: alert(112),
};

function alert(description: number): Buffer {
  const [alertRecord, fatal] = [21, 2];
  // All later versions use the record version of TLS 1.2 (RFC 8446 section 5.1).
  return Buffer.from([alertRecord, 3, 3, 0, 2, fatal, description]);
}
