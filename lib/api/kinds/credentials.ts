/** Stands in for a value that is not shown. */
export const notShown = "(not shown)";

/**
 * Names of header fields, cookies, query parameters and settings whose values are credentials. One expression, so that it
 * can be handed to worker threads. The names come from the HTTP authentication fields (RFC 9110 section 11), the query
 * parameters that OpenTelemetry's conventions redact (`url.full`), signed URLs of AWS, Google Cloud and Azure, OAuth 2.0
 * parameters (RFC 6749), and the list that Sentry's clients scrub by default.
 */
export const credentialNames: RegExp = new RegExp(
  // Fields that tell names or policies about credentials, or identify a message, hold none.
  `^(?!(?:access-control-[a-z-]+|authentication-info|sec-websocket-key|idempotency-key|surrogate-key)$)(?=.*(?:${[
    "authori[sz]ation|authenticat|cookie|token|secret|passw(?:or)?d|passphrase|credential|signature|session|bearer",
    "(?:api|access|account|auth|client|encryption|master|private|shared|signing|subscription)[-_.]?key",
    "assertion|saml|csrf|xsrf|hmac|mysql_pwd|code_verifier|^code$",
    "(?:^|[-_.])(?:auth|creds?|jwt|key|nonce|otp|pass|pin|pwd|sas|sid|sig|ssn|ticket)(?:$|[-_.])",
  ].join("|")}))`,
  "i",
);

/** Whether a header field, a cookie or a query parameter of this name holds a credential, which no output may repeat. */
export function isCredential(name: string): boolean {
  return credentialNames.test(name);
}

/** Fields of the API whose names sound like credentials and hold none: `matchExpressions[].key`, the name of a cookie. */
const fieldsOfTheApi: ReadonlySet<string> = new Set(["key", "allowCredentials", "sessionName", "sessionPersistence"]);

/** Whether the value under a key of an object is a credential: of a map with keys of anybody's choice, such as annotations. */
export function isCredentialKey(key: string): boolean {
  return isCredential(key) && !fieldsOfTheApi.has(key);
}

/**
 * The value of a named field as a command prints it to the person who holds the source: hidden if the name says that it
 * is a credential, and otherwise without the credentials that the text itself gives away.
 */
export function shownValue(name: string, value: string): string {
  return isCredential(name) ? notShown : shownText(value);
}

/** Each takes time linear in the text: no two of its repetitions can share a character. */
const credentialTexts: readonly (readonly [RegExp, string])[] = [
  // Credentials of RFC 9110 section 11.4.
  [/\b(bearer|basic|digest|negotiate|apikey|token|hmac|aws4-hmac-sha256)[ +]+[^\s"',;&]{4,}/gi, `$1 ${notShown}`],
  // RFC 3986 section 3.2.1. A slash or a space ends an authority.
  [/:\/\/[^\s/?#@"'<>]*@/g, `://${notShown}@`],
  // JSON Web Tokens (RFC 7519): a header `{"…` in base64url.
  [/(?<![\w-])eyJ[\w-]{6,}(?:\.[\w-]*)*/g, notShown],
  // Keys with a prefix by which their issuers let scanners find them.
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,}/g, notShown],
  [
    /(?<![A-Za-z0-9])(?:gh[opusr]_|github_pat_|glpat-|xox[abeprs]-|[rs]k[-_]|AIza|hvs\.|npm_|dop_v1_)[\w-]{12,}/g,
    notShown,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g, notShown],
];

const queryParameter = /([?&;])([^=&;?#\s"']{1,128})=([^&;#\s"']*)/g;

/**
 * A text without the credentials that it gives away: user information and query parameters of URLs, values of
 * authentication schemes, tokens and keys of known forms. Other secrets in a free text cannot be told from other text.
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
 * Fields and parameters whose values say what a client can do or which variant it asks for: content negotiation, caching
 * and security policies (IANA, HTTP Field Name Registry), and the names by which traffic is usually divided.
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

/** A word of prose or of a name, or a number that is too short for a secret. */
const harmlessWord = /^(?:[a-z]{1,24}|[A-Z][a-z]{0,23}|[A-Z]{1,12}|[a-z]{1,24}\d{1,4}|\d{1,4})$/;

/** Whether a text is made of short words and numbers, as `max-age=600, public` is. Tokens and keys are not. */
function isHarmlessText(text: string): boolean {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return text.length <= 512 && shownText(text) === text && words.every((word) => harmlessWord.test(word));
}

/**
 * The value of a named field as it is shown to everybody who can reach a port or read a log: hidden unless its name is
 * one of a list of names that never hold a credential and its text is plainly harmless.
 */
export function publicValue(name: string, value: string): string {
  return harmlessNames.test(name) && !isCredential(name) && isHarmlessText(value) ? value : notShown;
}

/** A path as everybody may see it: each of its segments is shown only if it is plainly harmless, and its query is not. */
export function publicPath(path: string): string {
  const [place = "", query] = path.split(/\?(.*)/s);
  const segments = place.split("/").map((segment) => (isHarmlessText(segment) ? segment : notShown));
  return `${segments.join("/")}${query === undefined ? "" : `?${notShown}`}`;
}

/** A regular expression as everybody may see it: it is shown only as a whole. */
export function publicExpression(expression: string): string {
  return isHarmlessText(expression) ? expression : notShown;
}
