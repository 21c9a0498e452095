import { createPrivateKey, X509Certificate } from "node:crypto";

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Why `text` is no list of PEM certificates, or undefined if it is one. Never repeats the text. */
export function certificatesFault(text: string): string | undefined {
  const found = text.match(certificate) ?? [];
  if (found.length === 0) return "it holds no PEM certificate";
  const broken = found.findIndex((pem) => parsed(pem) === undefined);
  return broken === -1 ? undefined : `its certificate ${broken + 1} is not a valid X.509 certificate`;
}

/** Why `certificates` and `key` do not make a server's key pair, or undefined if they do. Never repeats them. */
export function keyPairFault(certificates: string, key: string): string | undefined {
  const fault = certificatesFault(certificates);
  if (fault !== undefined) return `tls.crt is no certificate: ${fault}`;
  const leaf = parsed(certificates.match(certificate)?.[0] ?? "");
  try {
    return leaf?.checkPrivateKey(createPrivateKey(key))
      ? undefined
      : "tls.key is not the key of the certificate in tls.crt";
  } catch {
    return "tls.key is no PEM private key without a passphrase";
  }
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
