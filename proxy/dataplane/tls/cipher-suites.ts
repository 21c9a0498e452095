import type { CipherSuiteIR, TlsOptionsIR } from "../../../lib/routing/ir.ts";

/** OpenSSL's names of suites. Suites of TLS 1.3 have the names of their RFC. */
const openssl: Readonly<Record<CipherSuiteIR, string>> = {
  TLS_AES_128_GCM_SHA256: "TLS_AES_128_GCM_SHA256",
  TLS_AES_256_GCM_SHA384: "TLS_AES_256_GCM_SHA384",
  TLS_CHACHA20_POLY1305_SHA256: "TLS_CHACHA20_POLY1305_SHA256",
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: "ECDHE-ECDSA-AES128-GCM-SHA256",
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: "ECDHE-RSA-AES128-GCM-SHA256",
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: "ECDHE-ECDSA-AES256-GCM-SHA384",
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: "ECDHE-RSA-AES256-GCM-SHA384",
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-ECDSA-CHACHA20-POLY1305",
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-RSA-CHACHA20-POLY1305",
};

/**
 * Returns the offered suites in OpenSSL's format: those listed, and for a version of which none is listed, all that
 * have forward secrecy and authenticated encryption (RFC 9325 section 4.2).
 */
export function cipherSuites({ cipherSuites: listed = [] }: TlsOptionsIR): string {
  const all = Object.keys(openssl) as CipherSuiteIR[];
  const ofVersion = (isTLS13: boolean) => {
    const offered = listed.filter((suite) => isOfTLS13(suite) === isTLS13);
    return offered.length > 0 ? offered : all.filter((suite) => isOfTLS13(suite) === isTLS13);
  };
  return [...ofVersion(true), ...ofVersion(false)].map((suite) => openssl[suite]).join(":");
}

function isOfTLS13(suite: CipherSuiteIR): boolean {
  return !suite.includes("_WITH_");
}
