import { cases } from "../smuggling/cases.ts";
import type { Random } from "./random.ts";

/** Valid requests, so that mutations start on both sides of validity. */
const valid: readonly string[] = [
  "GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
  "HEAD /a?b=c HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: a:80\r\n\r\n",
  "GET http://a/b HTTP/1.1\r\nHost: b\r\n\r\n",
  "GET /a HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
  "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
  "PUT /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
  "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-T: 1\r\n\r\n",
  "POST /a HTTP/1.1\r\nTE: trailers\r\nConnection: TE, X-A\r\nX-A: 1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
];

const seeds: readonly string[] = [...valid, ...valid, ...valid, ...cases.map(({ bytes }) => bytes)];

/** Tokens that are hard for parsers. */
const tokens: readonly string[] = [
  ...[
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "\n\n",
    "\0",
    " ",
    "\t",
    "\x0b",
    "\x0c",
    "\x7f",
    "\x80",
    "\xff",
    ":",
    ",",
    ";",
    '"',
    "\\",
    "/",
    "%",
    "#",
    "?",
    "@",
  ],
  ...[
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: x\r\n",
    "Host: b\r\n",
  ],
  ...[
    "Connection: close\r\n",
    "Connection: Content-Length\r\n",
    "Expect: 100-continue\r\n",
    "Upgrade: h2c\r\n",
    "chunked",
    "identity",
  ],
  ...["0\r\n\r\n", "5\r\nhello\r\n", "0x", "+", "-", "_", "ffffffffffffffff", "00", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0"],
  ...["GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", "%2e%2e", "%2f", "..", "/../", "X-A: b\r\n", " folded"],
];

/** Generates one connection's bytes: one to four requests, some of them with one to four changes. */
export function connectionBytes(random: Random): string {
  let text = "";
  for (let count = 1 + random.below(4); count > 0; count--) {
    let request = random.of(seeds);
    if (random.below(4) === 0) request = random.of(valid);
    else for (let changes = 1 + random.below(4); changes > 0; changes--) request = mutate(request, random);
    text += request;
  }
  return text;
}

/** Chooses where the bytes are cut, so that the proxy reads them in pieces. */
export function cutPlaces(length: number, random: Random): readonly number[] {
  const kind = random.below(6);
  if (kind === 0 && length < 400) return Array.from({ length }, (_, at) => at + 1);
  const count = kind < 3 ? 0 : random.below(6);
  const places = Array.from({ length: count }, () => 1 + random.below(length));
  return [...new Set([...places, length])].sort((a, b) => a - b);
}

function mutate(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const size = 1 + random.below(random.below(4) === 0 ? 40 : 4);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  switch (random.below(8)) {
    case 0:
      return before + random.of(tokens) + after;
    case 1:
      return before + after.slice(size);
    case 2:
      return before + after.slice(0, size) + after;
    case 3:
      return before + String.fromCharCode(random.below(256)) + after.slice(1);
    case 4:
      return before + random.of(tokens) + after.slice(size);
    case 5:
      return withLines(text, random);
    case 6:
      return before + changedCase(after.charAt(0)) + after.slice(1);
    default: {
      const other = random.of(seeds);
      return before + other.slice(random.below(other.length));
    }
  }
}

/** Moves, duplicates or removes a whole line. */
function withLines(text: string, random: Random): string {
  const lines = text.split("\r\n");
  const [line = ""] = lines.splice(random.below(lines.length), 1);
  for (let copies = random.below(3); copies > 0; copies--) lines.splice(random.below(lines.length + 1), 0, line);
  return lines.join("\r\n");
}

/** Changes the case of ASCII letters only: other letters have capitals beyond latin1, and their bytes would change. */
function changedCase(character: string): string {
  if (!/^[A-Za-z]$/.test(character)) return character;
  const upper = character.toUpperCase();
  return upper === character ? character.toLowerCase() : upper;
}
