import { issueCertificate } from "../../../../proxy/control/issue-certificate.ts";
import type { KeyPair } from "../../../../proxy/dataplane/tls/key-pairs.ts";

/** A self-signed certificate for these names. */
export function keyPairFor(names: readonly string[], keyType: "ec" | "rsa" = "ec"): KeyPair {
  return issueCertificate({ commonName: "test", names, keyType });
}

/** A certificate with which others can be signed. */
export function authority(commonName = "test authority"): KeyPair {
  return issueCertificate({ commonName, authority: true });
}
