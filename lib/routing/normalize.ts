import { isIPv6 } from "node:net";

/**
 * The normalization of paths and hosts, shared by `simulate` and the proxy. The normalized path is both matched and
 * forwarded, so a backend never sees another path than the one that was routed.
 * docs/decisions/0012-path-and-host-normalization.md says what is kept, changed and refused, and why.
 */

/** The reason why a request target or Host is answered with 400. */
export interface TargetRefusal {
  readonly refused: RefusalReason;
  /** One sentence for logs and for `explain`. */
  readonly message: string;
}

export type RefusalReason = keyof typeof refusals;

export interface NormalizedPath {
  readonly refused?: undefined;
  /** Starts with `/`, has no dot segments, and has percent-encodings in upper case. `*` for an asterisk-form target. */
  readonly path: string;
  /** The query as sent, without the `?`. Empty if there is none. */
  readonly query: string;
}

export interface NormalizedHost {
  readonly refused?: undefined;
  /** In lower case, without port and trailing dot. IPv6 addresses are in brackets. */
  readonly host: string;
  /** The port as sent. Absent if the authority names none. */
  readonly port?: number;
}

/** A parsed request target (RFC 9112 section 3.2). */
export interface RequestTarget extends NormalizedPath {
  readonly form: "origin" | "absolute" | "authority" | "asterisk";
  /** The scheme of an absolute-form target. Absent for other forms. */
  readonly scheme?: "http" | "https";
  /** Set for absolute-form and authority-form targets. Overrides the Host header (RFC 9112 section 3.2.2). */
  readonly host?: string;
  readonly port?: number;
}

const refusals = {
  NotAbsolutePath: "The request target must start with a slash.",
  Fragment: "The request target must not contain a fragment (#).",
  Backslash: "The path must not contain a backslash: some servers read it as a slash.",
  ControlCharacter: "The request target must not contain control characters or blanks.",
  NonAscii: "The request target must be ASCII; other characters are percent-encoded as UTF-8.",
  InvalidPercentEncoding: "A percent sign in the path must be followed by two hexadecimal digits.",
  EncodedNull: "The path must not contain %00.",
  EncodedDotSegment: "The path must not hide a dot segment behind an encoded slash or backslash (%2F, %5C).",
  DotSegmentParameters:
    "The path must not contain a dot segment with parameters (..;): some servers read it as a dot segment.",
  UnsupportedScheme: "The scheme of the request target must be http or https.",
  AsteriskForm: "The request target * is for OPTIONS only.",
  EmptyHost: "The host must not be empty.",
  UserInfo: "The host must not contain user information (@).",
  InvalidHost: "The host must be a DNS name, an IPv4 address, or an IPv6 address in brackets.",
  InvalidPort: "The port must be a decimal number from 0 to 65535.",
} as const;

const refusalOf = Object.fromEntries(
  Object.entries(refusals).map(([refused, message]) => [refused, Object.freeze({ refused, message })]),
) as Readonly<Record<RefusalReason, TargetRefusal>>;

/** Character classes for the scan of a path. */
const PLAIN = 0;
const SLASH = 1;
const QUESTION = 2;
const SPECIAL = 3;

/** Characters of a path segment (RFC 3986 section 3.3) are plain. Others need encoding, decoding, or are refused. */
const pathClasses = new Uint8Array(128).fill(SPECIAL);
for (const c of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@")
  pathClasses[c.charCodeAt(0)] = PLAIN;
pathClasses["/".charCodeAt(0)] = SLASH;
pathClasses["?".charCodeAt(0)] = QUESTION;

const unreserved = /^[A-Za-z0-9\-._~]$/;

/**
 * Normalizes an origin-form target: a path with an optional query.
 *
 * Percent-encoded unreserved characters are decoded, and other encodings are put in upper case (RFC 3986 section
 * 6.2.2). Characters that a URI does not allow but browsers send are encoded. Dot segments are removed (section 5.2.4).
 * Double slashes are kept, because empty segments are significant. `%2F` and `%5C` stay encoded and never separate
 * segments.
 *
 * A target that is already normalized is recognised in one scan, and its path and query are slices of it.
 */
export function normalizePath(target: string): NormalizedPath | TargetRefusal {
  if (target.charCodeAt(0) !== 0x2f) return refusalOf.NotAbsolutePath;
  let end = 0;
  for (; end < target.length; end++) {
    const c = target.charCodeAt(end);
    const kind = c < 128 ? (pathClasses[c] as number) : SPECIAL;
    if (kind === PLAIN) continue;
    if (kind === QUESTION) break;
    if (kind === SPECIAL || target.charCodeAt(end + 1) === 0x2e) return normalizeSpecialPath(target);
  }
  if (end === target.length) return { path: target, query: "" };
  return queryRefusal(target, end + 1) ?? { path: target.slice(0, end), query: target.slice(end + 1) };
}

function normalizeSpecialPath(target: string): NormalizedPath | TargetRefusal {
  const question = target.indexOf("?");
  const end = question < 0 ? target.length : question;
  const recoded = recode(target.slice(0, end));
  if (typeof recoded !== "string") return recoded;
  const path = removeDotSegments(recoded);
  if (typeof path !== "string") return path;
  if (question < 0) return { path, query: "" };
  return queryRefusal(target, end + 1) ?? { path, query: target.slice(end + 1) };
}

/** Brings every character of a path to its canonical form. */
function recode(raw: string): string | TargetRefusal {
  let path = "";
  for (let i = 0; i < raw.length; i++) {
    const character = raw.charAt(i);
    const c = raw.charCodeAt(i);
    if (character === "%") {
      const hex = raw.slice(i + 1, i + 3);
      if (!/^[0-9A-Fa-f]{2}$/.test(hex)) return refusalOf.InvalidPercentEncoding;
      if (hex === "00") return refusalOf.EncodedNull;
      const decoded = String.fromCharCode(Number.parseInt(hex, 16));
      path += unreserved.test(decoded) ? decoded : `%${hex.toUpperCase()}`;
      i += 2;
    } else if (c < 128 && pathClasses[c] !== SPECIAL) {
      path += character;
    } else {
      const refusal = characterRefusal(c) ?? (character === "\\" ? refusalOf.Backslash : undefined);
      if (refusal !== undefined) return refusal;
      path += `%${c.toString(16).toUpperCase()}`;
    }
  }
  return path;
}

/** Removes dot segments (RFC 3986 section 5.2.4). Refuses segments that other servers may read as dot segments. */
function removeDotSegments(path: string): string | TargetRefusal {
  if (!path.includes("/.") && !/%(?:2F|5C)\./.test(path)) return path;
  const segments = path.slice(1).split("/");
  const kept: string[] = [];
  for (const [i, segment] of segments.entries()) {
    if (/^\.\.?;/.test(segment)) return refusalOf.DotSegmentParameters;
    const parts = segment.split(/%(?:2F|5C)/);
    if (parts.length > 1 && parts.some((part) => /^\.\.?(?:;|$)/.test(part))) return refusalOf.EncodedDotSegment;
    const dots = segment === "." || segment === "..";
    if (segment === "..") kept.pop();
    // A path that ends in a dot segment names a directory.
    if (!dots) kept.push(segment);
    else if (i === segments.length - 1) kept.push("");
  }
  return `/${kept.join("/")}`;
}

/** Refuses queries with characters that servers interpret differently. All other queries are forwarded as sent. */
function queryRefusal(target: string, start: number): TargetRefusal | undefined {
  for (let i = start; i < target.length; i++) {
    const c = target.charCodeAt(i);
    if (c <= 0x20 || c >= 0x7f || c === 0x23) return characterRefusal(c);
  }
  return undefined;
}

function characterRefusal(c: number): TargetRefusal | undefined {
  if (c <= 0x20 || c === 0x7f) return refusalOf.ControlCharacter;
  if (c > 0x7f) return refusalOf.NonAscii;
  return c === 0x23 ? refusalOf.Fragment : undefined;
}

/**
 * Normalizes a Host header, an `:authority`, or the host of a URL.
 *
 * Hosts are case-insensitive, and one trailing dot is dropped (RFC 9110 section 4.2.3, RFC 1034 section 3.1). The port
 * is not matched (`HTTPRouteSpec.hostnames`). Internationalized names arrive as A-labels. Underscores are accepted:
 * clients send them, although no route can name them.
 */
export function normalizeHost(raw: string): NormalizedHost | TargetRefusal {
  let clean = raw.length > 0;
  let boundary = true;
  for (let i = 0; clean && i < raw.length; i++) {
    const c = raw.charCodeAt(i);
    const letter = (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39) || c === 0x2d || c === 0x5f;
    clean = letter || (c === 0x2e && !boundary);
    boundary = c === 0x2e;
  }
  if (clean && !boundary && raw.length <= 253) return { host: raw };
  return normalizeSpecialHost(raw);
}

function normalizeSpecialHost(raw: string): NormalizedHost | TargetRefusal {
  if (raw.includes("@")) return refusalOf.UserInfo;
  const colon = raw.indexOf(":", raw.startsWith("[") ? raw.indexOf("]") : 0);
  const port = colon < 0 ? undefined : parsePort(raw.slice(colon + 1));
  if (typeof port === "object") return port;
  const name = (colon < 0 ? raw : raw.slice(0, colon)).toLowerCase();
  if (name === "") return refusalOf.EmptyHost;
  const host = name.startsWith("[") ? name : name.replace(/\.$/, "");
  if (!(host.startsWith("[") ? isAddressLiteral(host) : isName(host))) return refusalOf.InvalidHost;
  return port === undefined ? { host } : { host, port };
}

/** Parses a port. An empty port counts as absent (RFC 3986 section 3.2.3). */
function parsePort(text: string): number | undefined | TargetRefusal {
  if (text === "") return undefined;
  return /^[0-9]{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : refusalOf.InvalidPort;
}

/** Recognises an IPv6 literal (RFC 3986 section 3.2.2), without zones (RFC 6874), which are local to a machine. */
function isAddressLiteral(host: string): boolean {
  return host.endsWith("]") && !host.includes("%") && isIPv6(host.slice(1, -1));
}

function isName(host: string): boolean {
  return host.length <= 253 && /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(host);
}

/**
 * Parses a request target (RFC 9112 section 3.2): origin-form, absolute-form, the asterisk-form of OPTIONS, and the
 * authority-form of CONNECT, whose path is empty.
 */
export function parseTarget(method: string, target: string): RequestTarget | TargetRefusal {
  if (method === "CONNECT") {
    const authority = normalizeHost(target);
    if (authority.refused !== undefined) return authority;
    if (authority.port === undefined) return refusalOf.InvalidPort;
    return { form: "authority", host: authority.host, port: authority.port, path: "", query: "" };
  }
  if (target.charCodeAt(0) === 0x2f) return withForm(normalizePath(target));
  if (target === "*") return method === "OPTIONS" ? { form: "asterisk", path: "*", query: "" } : refusalOf.AsteriskForm;
  return parseAbsolute(method, target);
}

function withForm(normalized: NormalizedPath | TargetRefusal): RequestTarget | TargetRefusal {
  if (normalized.refused !== undefined) return normalized;
  return { form: "origin", path: normalized.path, query: normalized.query };
}

function parseAbsolute(method: string, target: string): RequestTarget | TargetRefusal {
  const parts = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)(.*)$/s.exec(target);
  if (parts === null) return refusalOf.NotAbsolutePath;
  const [, scheme = "", authority = "", rest = ""] = parts;
  const name = scheme.toLowerCase();
  if (name !== "http" && name !== "https") return refusalOf.UnsupportedScheme;
  const host = normalizeHost(authority);
  if (host.refused !== undefined) return host;
  const where = {
    form: "absolute",
    scheme: name,
    host: host.host,
    ...(host.port !== undefined && { port: host.port }),
  } as const;
  // RFC 9112 section 3.2.4: an absolute-form OPTIONS without a path is equivalent to the asterisk-form.
  if (rest === "" && method === "OPTIONS") return { ...where, path: "*", query: "" };
  const normalized = normalizePath(rest.startsWith("/") ? rest : `/${rest}`);
  return normalized.refused !== undefined ? normalized : { ...where, path: normalized.path, query: normalized.query };
}
