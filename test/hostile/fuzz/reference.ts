/**
 * Reads a client's bytes by RFC 9112, without the tolerance that it allows to recipients, except for empty lines in
 * front. After the point where reading stops, a proxy may forward nothing. This shares no code with the proxy.
 */
export interface SentRequest {
  readonly method: string;
  readonly target: string;
  /** Each field as lower-case name, colon, and value without blanks around it. */
  readonly fields: ReadonlySet<string>;
  readonly body: string;
}

export function requestsIn(text: string): readonly SentRequest[] {
  const requests: SentRequest[] = [];
  let at = 0;
  for (;;) {
    while (text.startsWith("\r\n", at)) at += 2;
    const found = requestAt(text, at);
    if (found === undefined) return requests;
    requests.push(found.request);
    at = found.end;
  }
}

function requestAt(text: string, at: number): { request: SentRequest; end: number } | undefined {
  const stop = text.indexOf("\r\n\r\n", at);
  if (stop < 0) return undefined;
  const [line = "", ...lines] = text.slice(at, stop).split("\r\n");
  const [, method = "", target = "", minor] =
    /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) HTTP\/1\.([01])$/.exec(line) ?? [];
  if (minor === undefined || method === "CONNECT") return undefined;
  const fields = fieldsOf(lines);
  if (fields === undefined) return undefined;
  const values = (name: string) => fields.filter(([known]) => known === name).map(([, value]) => value);
  const [codings, lengths] = [values("transfer-encoding"), values("content-length")];
  const hosts = values("host").length;
  // An HTTP/1.1 request has exactly one Host field (RFC 9112 section 3.2); an HTTP/1.0 request has at most one (section
  // 3.3).
  if (hosts > 1 || (hosts === 0 && minor === "1") || codings.length + lengths.length > 1) return undefined;
  const body = bodyAt(text, stop + 4, codings[0], lengths[0], minor);
  if (body === undefined) return undefined;
  const set = new Set(fields.map(([name, value]) => `${name}:${value}`));
  return { request: { method, target, fields: set, body: body.data }, end: body.end };
}

function fieldsOf(lines: readonly string[]): readonly (readonly [string, string])[] | undefined {
  const fields: [string, string][] = [];
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    fields.push([name.toLowerCase(), value.replace(/[ \t]+$/, "")]);
  }
  return fields;
}

interface Body {
  readonly data: string;
  readonly end: number;
}

function bodyAt(
  text: string,
  start: number,
  coding: string | undefined,
  length: string | undefined,
  minor: string,
): Body | undefined {
  if (coding !== undefined) {
    return minor === "1" && coding.toLowerCase() === "chunked" ? chunksAt(text, start) : undefined;
  }
  if (length === undefined) return { data: "", end: start };
  const end = start + Number(length);
  return /^\d+$/.test(length) && text.length >= end ? { data: text.slice(start, end), end } : undefined;
}

function chunksAt(text: string, start: number): Body | undefined {
  let data = "";
  let at = start;
  for (;;) {
    const [line, size = ""] = sticky(/([0-9a-fA-F]+)(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n/y, text, at) ?? [];
    if (line === undefined) return undefined;
    at += line.length;
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) break;
    if (text.slice(at + bytes, at + bytes + 2) !== "\r\n") return undefined;
    data += text.slice(at, at + bytes);
    at += bytes + 2;
  }
  const [trailers] = sticky(/(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n/y, text, at) ?? [];
  return trailers === undefined ? undefined : { data, end: at + trailers.length };
}

function sticky(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}
