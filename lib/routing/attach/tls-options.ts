import type { CipherSuiteIR, TlsOptionsIR, TlsVersionIR } from "../ir.ts";
import type { ListenerSpec } from "./attachment.ts";
import type { ConditionProblem } from "./condition.ts";

/** The domain of our keys in `tls.options`. Keys of other domains belong to other implementations. */
const domain = "gatewright.dev/";

const versions: readonly TlsVersionIR[] = ["TLSv1.2", "TLSv1.3"];

const suites: readonly CipherSuiteIR[] = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

/** Parsers of the option values, keyed without the domain. They return undefined for a value that is not allowed. */
const readers: Readonly<
  Record<string, { readonly read: (value: string) => TlsOptionsIR | undefined; readonly allowed: string }>
> = {
  "min-version": {
    read: (value) => withVersion(value, (minVersion) => ({ minVersion })),
    allowed: versions.join(", "),
  },
  "max-version": {
    read: (value) => withVersion(value, (maxVersion) => ({ maxVersion })),
    allowed: versions.join(", "),
  },
  "cipher-suites": { read: readSuites, allowed: `names with commas between them: ${suites.join(", ")}` },
};

export interface ListenerTlsOptions {
  readonly options: TlsOptionsIR;
  /** If not empty, the listener is refused, because ignoring an option could make its TLS weaker. */
  readonly problems: readonly ConditionProblem[];
}

/**
 * Reads our options in `tls.options` of a listener: `gatewright.dev/min-version` and `gatewright.dev/max-version`
 * (`TLSv1.2` or `TLSv1.3`), `gatewright.dev/cipher-suites` (comma-separated IANA names).
 *
 * @param field the field path of the listener.
 * @param terminates true if the proxy terminates TLS.
 */
export function tlsOptions({ tls }: ListenerSpec, field: string, terminates: boolean): ListenerTlsOptions {
  const own = Object.entries(tls?.options ?? {}).filter(([key]) => key.startsWith(domain));
  let options: TlsOptionsIR = {};
  const problems: ConditionProblem[] = [];
  for (const [key, value] of own) {
    const place = `${field}.tls.options[${key}]`;
    const reader = Object.hasOwn(readers, key.slice(domain.length)) ? readers[key.slice(domain.length)] : undefined;
    const read = reader?.read(value);
    if (reader === undefined) problems.push(unknownOption(place, key));
    else if (!terminates) problems.push(noEffect(place, key));
    else if (read === undefined) problems.push(invalidValue(place, key, value, reader.allowed));
    else options = { ...options, ...read };
  }
  const contradiction = problems.length === 0 ? contradictionIn(options, `${field}.tls.options`) : undefined;
  return { options, problems: contradiction === undefined ? problems : [contradiction] };
}

function withVersion(value: string, option: (version: TlsVersionIR) => TlsOptionsIR): TlsOptionsIR | undefined {
  const version = versions.find((known) => known === value);
  return version === undefined ? undefined : option(version);
}

function readSuites(value: string): TlsOptionsIR | undefined {
  const listed = value.split(",").map((name) => suites.find((suite) => suite === name.trim()));
  const cipherSuites = [...new Set(listed)].filter((suite) => suite !== undefined);
  return listed.includes(undefined) ? undefined : { cipherSuites };
}

/** Reports whether a suite belongs to TLS 1.2. Only those name the key exchange (RFC 8446 section B.4). */
function isOfTLS12(suite: CipherSuiteIR): boolean {
  return suite.includes("_WITH_");
}

function contradictionIn(
  { minVersion = "TLSv1.2", maxVersion = "TLSv1.3", cipherSuites }: TlsOptionsIR,
  field: string,
): ConditionProblem | undefined {
  if (minVersion > maxVersion) {
    const message = "The lowest version of TLS is above the highest, so that none is left.";
    return { code: "GW2211", field, message, given: `${minVersion} to ${maxVersion}`, fix: "Correct one of them." };
  }
  if (cipherSuites === undefined) return undefined;
  // A TLS version without a listed suite would fall back to the TLS library's default suites.
  const has12 = cipherSuites.some(isOfTLS12);
  const has13 = cipherSuites.some((suite) => !isOfTLS12(suite));
  if (minVersion === "TLSv1.2" && !has12) {
    const message = `No suite of TLS 1.2 is listed in ${domain}cipher-suites, and TLS 1.2 is spoken.`;
    return { code: "GW2211", field, message, fix: `List one, or set ${domain}min-version to TLSv1.3.` };
  }
  if (maxVersion === "TLSv1.3" && !has13) {
    const message = `No suite of TLS 1.3 is listed in ${domain}cipher-suites, and TLS 1.3 is spoken.`;
    return { code: "GW2211", field, message, fix: `List one, or set ${domain}max-version to TLSv1.2.` };
  }
  return undefined;
}

function unknownOption(field: string, key: string): ConditionProblem {
  const allowed = Object.keys(readers).map((name) => `${domain}${name}`);
  const message = `There is no option ${key}.`;
  return { code: "GW2211", field, message, given: key, allowed: allowed.join(", "), fix: "Correct or remove it." };
}

function noEffect(field: string, key: string): ConditionProblem {
  const message = `${key} has no effect where the backend speaks TLS (mode Passthrough).`;
  return { code: "GW2211", field, message, given: key, fix: "Remove it." };
}

function invalidValue(field: string, key: string, value: string, allowed: string): ConditionProblem {
  const message = `${key} cannot be ${JSON.stringify(value.slice(0, 100))}.`;
  return { code: "GW2211", field, message, given: value, allowed, fix: "Use one of the values that are allowed." };
}
