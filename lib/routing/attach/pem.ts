import { createHash, createPrivateKey, X509Certificate } from "node:crypto";

const begin = "-----BEGIN CERTIFICATE-----";
const end = "-----END CERTIFICATE-----";

/**
 * Splits a text into its PEM certificates, in time linear in its length: a `ca.crt` is a tenant's text of up to 1 MiB,
 * and a search for the end of each beginning would be quadratic where the ends are missing.
 */
export function pemCertificates(text: string): readonly string[] {
  const found: string[] = [];
  for (let start = text.indexOf(begin); start !== -1; ) {
    const stop = text.indexOf(end, start + begin.length);
    if (stop === -1) break;
    found.push(text.slice(start, stop + end.length));
    start = text.indexOf(begin, stop + end.length);
  }
  return found;
}

/**
 * Verdicts by content. Parsing certificates takes longer than all else in attaching, and sources that are read again
 * bring the same contents in new objects. The ones that were asked for least recently are forgotten.
 */
const verdicts = new Map<string, string | undefined>();
const mostVerdicts = 4096;

function once(judge: () => string | undefined, ...content: readonly string[]): string | undefined {
  const key = createHash("sha256").update(JSON.stringify(content)).digest("base64");
  const verdict = verdicts.has(key) ? verdicts.get(key) : judge();
  verdicts.delete(key);
  verdicts.set(key, verdict);
  const [oldest] = verdicts.keys();
  if (verdicts.size > mostVerdicts && oldest !== undefined) verdicts.delete(oldest);
  return verdict;
}

/** Why `text` is no list of PEM certificates, or undefined if it is one. Never repeats the text. */
export function certificatesFault(text: string): string | undefined {
  return once(() => judgeCertificates(text), text);
}

/** Why `certificates` and `key` do not make a server's key pair, or undefined if they do. Never repeats them. */
export function keyPairFault(certificates: string, key: string): string | undefined {
  return once(() => judgeKeyPair(certificates, key), certificates, key);
}

function judgeCertificates(text: string): string | undefined {
  const found = pemCertificates(text);
  if (found.length === 0) return "it holds no PEM certificate";
  const broken = found.findIndex((pem) => parsed(pem) === undefined);
  return broken === -1 ? undefined : `its certificate ${broken + 1} is not a valid X.509 certificate`;
}

function judgeKeyPair(certificates: string, key: string): string | undefined {
  const fault = certificatesFault(certificates);
  if (fault !== undefined) return `tls.crt is no certificate: ${fault}`;
  const leaf = parsed(pemCertificates(certificates)[0] ?? "");
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
