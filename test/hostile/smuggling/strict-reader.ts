/**
 * Reads requests strictly by RFC 9112: the least tolerant server must be able to read what a proxy sends. It shares no
 * code with the proxy.
 */
export interface StrictRequest {
  readonly line: string;
  readonly fields: readonly string[];
  readonly body: string;
}

/** Returns the requests of one connection, in latin1, and an incomplete last one. Throws for ambiguous bytes. */
export function readRequests(text: string): { readonly requests: StrictRequest[]; readonly rest: string } {
  const requests: StrictRequest[] = [];
  let at = 0;
  for (;;) {
    const found = readRequest(text, at);
    if (found === undefined) return { requests, rest: text.slice(at) };
    requests.push(found.request);
    at = found.end;
  }
}

function fail(what: string, text: string): never {
  throw new Error(`${what}: ${JSON.stringify(text.slice(0, 200))}`);
}

function readRequest(text: string, at: number): { request: StrictRequest; end: number } | undefined {
  const stop = text.indexOf("\r\n\r\n", at);
  if (stop < 0) return undefined;
  const [line = "", ...fields] = text.slice(at, stop).split("\r\n");
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+ (?:\/[\x21-\x7e]*|\*) HTTP\/1\.1$/.test(line)) fail("no request line", line);
  for (const field of fields) checkField(field);
  const values = (name: string) =>
    fields
      .filter((f) => f.slice(0, f.indexOf(":")).toLowerCase() === name)
      .map((f) => f.slice(f.indexOf(":") + 1).trim());
  if (values("host").length !== 1) fail("not one Host", text.slice(at, stop));
  const lengths = values("content-length");
  const codings = values("transfer-encoding");
  if (lengths.length + codings.length > 1) fail("two framings", text.slice(at, stop));
  const start = stop + 4;
  if (codings.length > 0) {
    if (codings[0] !== "chunked") fail("a coding that is not chunked", codings[0] ?? "");
    const found = readChunks(text, start);
    return found && { request: { line, fields, body: found.body }, end: found.end };
  }
  const [length = "0"] = lengths;
  if (!/^(?:0|[1-9]\d*)$/.test(length) || !Number.isSafeInteger(Number(length))) fail("no length", lengths[0] ?? "");
  const end = start + Number(length);
  return text.length < end ? undefined : { request: { line, fields, body: text.slice(start, end) }, end };
}

function checkField(field: string): void {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*$/.test(field)) fail("no field", field);
  // Fields that decide where a body ends must not have blanks that some servers do not treat as blanks.
  if (/^(?:content-length|transfer-encoding):/i.test(field) && !/^[^:]+: \S+$/.test(field)) fail("blanks", field);
}

function readChunks(text: string, from: number): { body: string; end: number } | undefined {
  let body = "";
  let at = from;
  for (;;) {
    const stop = text.indexOf("\r\n", at);
    if (stop < 0) return undefined;
    const size = text.slice(at, stop);
    if (!/^[0-9a-f]{1,8}$/.test(size)) fail("no chunk size", size);
    at = stop + 2;
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    if (text.length < at + length + 2) return undefined;
    body += text.slice(at, at + length);
    if (text.slice(at + length, at + length + 2) !== "\r\n") fail("no line end behind a chunk", text.slice(at));
    at += length + 2;
  }
  for (;;) {
    const stop = text.indexOf("\r\n", at);
    if (stop < 0) return undefined;
    if (stop === at) return { body, end: stop + 2 };
    const trailer = text.slice(at, stop);
    checkField(trailer);
    if (/^(?:host|content-length|transfer-encoding|connection):/i.test(trailer)) fail("a forbidden trailer", trailer);
    at = stop + 2;
  }
}
