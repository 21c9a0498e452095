/** The text that is shown instead of a hidden value. */
export const notShown = "(not shown)";

/**
 * Matches names of headers, cookies, query parameters and settings whose values are credentials. It is one expression,
 * so that worker threads can receive it. The names come from the HTTP authentication fields (RFC 9110 section 11), the
 * query parameters that OpenTelemetry's conventions redact (`url.full`), signed URLs of AWS, Google Cloud and Azure,
 * OAuth 2.0 parameters (RFC 6749), and the default scrubbing list of Sentry's clients.
 */
export const credentialNames: RegExp = new RegExp(
  // These fields hold no credentials: they carry names or policies about credentials, or identify a message.
  `^(?!(?:access-control-[a-z-]+|authentication-info|sec-websocket-key|idempotency-key|surrogate-key)$)(?=.*(?:${[
    "authori[sz]ation|authenticat|cookie|token|secret|passw(?:or)?d|passphrase|credential|signature|session|bearer",
    "(?:api|access|account|auth|client|encryption|master|private|shared|signing|subscription)[-_.]?key",
    "assertion|saml|csrf|xsrf|hmac|mysql_pwd|code_verifier|^code$",
    "(?:^|[-_.])(?:auth|creds?|jwt|key|nonce|otp|pass|pin|pwd|sas|sid|sig|ssn|ticket)(?:$|[-_.])",
  ].join("|")}))`,
  "i",
);

/** Returns true if a header, cookie or query parameter with this name holds a credential, which no output may show. */
export function isCredential(name: string): boolean {
  return credentialNames.test(name);
}

/**
 * Fields of the API with names like credentials that hold none, such as `matchExpressions[].key` or a cookie's name.
 */
const fieldsOfTheApi: ReadonlySet<string> = new Set(["key", "allowCredentials", "sessionName", "sessionPersistence"]);

/** Returns true if the value under a free-form key, such as an annotation's, is a credential. */
export function isCredentialKey(key: string): boolean {
  return isCredential(key) && !fieldsOfTheApi.has(key);
}

/**
 * The text that a command prints for the value of a named field, to a user who has the source. It is hidden if the name
 * says that it is a credential; otherwise, credentials recognizable in the text are removed.
 */
export function shownValue(name: string, value: string): string {
  return isCredential(name) ? notShown : shownText(value);
}

/** Each expression takes linear time, because none of its repetitions overlap. */
const credentialTexts: readonly (readonly [RegExp, string])[] = [
  // This matches credentials as in RFC 9110 section 11.4.
  [/\b(bearer|basic|digest|negotiate|apikey|token|hmac|aws4-hmac-sha256)[ +]+[^\s"',;&]{4,}/gi, `$1 ${notShown}`],
  // This matches user information (RFC 3986 section 3.2.1). A slash or a space ends the authority.
  [/:\/\/[^\s/?#@"'<>]*@/g, `://${notShown}@`],
  // This matches a JSON Web Token (RFC 7519), whose header begins with `{"` in base64url.
  [/(?<![\w-])eyJ[\w-]{6,}(?:\.[\w-]*)*/g, notShown],
  // These prefixes are the ones by which issuers let scanners find their keys.
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,}/g, notShown],
  [
    /(?<![A-Za-z0-9])(?:gh[opusr]_|github_pat_|glpat-|xox[abeprs]-|[rs]k[-_]|AIza|hvs\.|npm_|dop_v1_)[\w-]{12,}/g,
    notShown,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g, notShown],
];

const queryParameter = /([?&;])([^=&;?#\s"']{1,128})=([^&;#\s"']*)/g;

/**
 * Removes recognizable credentials from a text: user information and query parameters in URLs, values of authentication
 * schemes, and tokens and keys of known forms. Other secrets in free text cannot be recognized.
 */
export function shownText(text: string): string {
  const withoutParameters = text.replace(queryParameter, (whole, before: string, name: string) =>
    isCredential(decoded(name)) ? `${before}${name}=${notShown}` : whole,
  );
  return credentialTexts.reduce((shown, [form, instead]) => shown.replace(form, instead), withoutParameters);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * Names of headers and parameters whose values describe a client or select a variant: content negotiation, caching and
 * security policies (IANA, HTTP Field Name Registry), and the names that usually divide traffic.
 */
const harmlessNames = new RegExp(
  `^(?:${[
    "accept(?:-charset|-encoding|-language|-ranges)?|access-control-[a-z-]+|allow|cache-control|cross-origin-[a-z-]+",
    "content-(?:disposition|encoding|language|security-policy|type)|expect|expires|permissions-policy|pragma|priority",
    "referrer-policy|server|strict-transport-security|te|upgrade|user-agent|vary|via|x-content-type-options",
    "x-frame-options|x-forwarded-(?:port|proto)|x-xss-protection",
    "(?:x-)?(?:canary|channel|env|environment|experiment|lang|language|locale|region|release|serve|stage|track|traffic|variant|version|zone)",
  ].join("|")})$`,
  "i",
);

/** Matches a word of prose or of a name, or a number that is too short to be a secret. */
const harmlessWord = /^(?:[a-z]{1,24}|[A-Z][a-z]{0,23}|[A-Z]{1,12}|[a-z]{1,24}\d{1,4}|\d{1,4})$/;

/** Returns true for text of short words and numbers, such as `max-age=600, public`, and false for tokens and keys. */
function isHarmlessText(text: string): boolean {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return text.length <= 512 && shownText(text) === text && words.every((word) => harmlessWord.test(word));
}

/**
 * The text for the value of a named field on a public port or in a log. The value is hidden, unless the name is on a
 * list of names that never hold a credential and the text is plainly harmless.
 */
export function publicValue(name: string, value: string): string {
  return harmlessNames.test(name) && !isCredential(name) && isHarmlessText(value) ? value : notShown;
}

/** The text for a path on a public port or in a log. It shows only segments that are plainly harmless, and no query. */
export function publicPath(path: string): string {
  const [place = "", query] = path.split(/\?(.*)/s);
  const segments = place.split("/").map((segment) => (isHarmlessText(segment) ? segment : notShown));
  return `${segments.join("/")}${query === undefined ? "" : `?${notShown}`}`;
}

/** The text for a regular expression on a public port or in a log: all of it if it is harmless, otherwise none. */
export function publicExpression(expression: string): string {
  return isHarmlessText(expression) ? expression : notShown;
}
