import { issueCertificate } from "../../../../proxy/control/issue-certificate.ts";
import type { KeyPair } from "../../../../proxy/dataplane/tls/key-pairs.ts";

/** Makes a self-signed certificate for these names. */
export function keyPairFor(names: readonly string[], keyType: "ec" | "rsa" = "ec"): KeyPair {
  return issueCertificate({ commonName: "test", names, keyType });
}

/** Makes a certificate that can sign others. */
export function authority(commonName = "test authority"): KeyPair {
  return issueCertificate({ commonName, authority: true });
}
