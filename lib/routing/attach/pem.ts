import { createHash, createPrivateKey, X509Certificate } from "node:crypto";

const begin = "-----BEGIN CERTIFICATE-----";
const end = "-----END CERTIFICATE-----";

/**
 * Splits a text into its PEM certificates, in time linear in its length. A tenant controls the text, a `ca.crt` of up
 * to 1 MiB. A regular expression would take quadratic time if the END lines are missing.
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
 * Caches verdicts by content. Parsing certificates is the slowest part of attaching, and sources that are read again
 * bring the same contents in new objects. The least recently used entries are evicted.
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

/** Returns the reason why `text` is not a list of PEM certificates, or undefined. It never contains the text. */
export function certificatesFault(text: string): string | undefined {
  return once(() => judgeCertificates(text), text);
}

/** Returns the reason why the PEM texts form no valid server key pair, or undefined. It never contains the texts. */
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
