import { relaxedPattern } from "../../../../lib/analysis/traffic/relaxed-pattern.ts";
import { estimateProgramSize } from "../../../../lib/routing/index/expressions/size.ts";
import { compilePattern } from "../../../../lib/routing/index/pattern.ts";
import { findParameter, parameterValue, readParameters } from "../../../../lib/routing/index/query.ts";
import { MatchWork } from "../../../../lib/routing/match.ts";
import { normalizeHost, normalizePath, parseTarget } from "../../../../lib/routing/normalize.ts";
import { readClientHello } from "../../../../proxy/dataplane/connection-preamble/client-hello.ts";
import { readProxyHeader } from "../../../../proxy/dataplane/connection-preamble/proxy-header.ts";
import { parseTraceparent } from "../../../../proxy/dataplane/observe/tracing/trace-context.ts";
import type { GrowthRow } from "../growth.ts";

const path = (text: string) => () => [normalizePath(text), parseTarget("GET", text)];

function matching(expression: string, text: (n: number) => string): GrowthRow["prepare"] {
  const compiled = compilePattern(expression);
  if (!("pattern" in compiled)) throw new Error(compiled.error);
  return (n) => {
    const value = text(n);
    // A fresh budget of steps: work beyond the steps of one request would end early.
    return () => {
      const work = new MatchWork();
      work.left = Number.MAX_SAFE_INTEGER;
      return compiled.pattern.matches(value, work);
    };
  };
}

const ab = (n: number) => Array.from({ length: n }, (_, i) => "ab"[(i * i + (i >> 3)) & 1]).join("");

export const routingRows: readonly GrowthRow[] = [
  { name: "segments of a path", size: 20_000, prepare: (n) => path("/a".repeat(n)) },
  { name: "dot segments", size: 20_000, prepare: (n) => path("/a/..".repeat(n)) },
  { name: "dot segments that lead nowhere", size: 20_000, prepare: (n) => path("/..".repeat(n)) },
  { name: "dot segments behind a long path", size: 20_000, prepare: (n) => path("/a".repeat(n) + "/..".repeat(n)) },
  { name: "percent-encodings of a path", size: 20_000, prepare: (n) => path(`/${"%61%2f".repeat(n)}`) },
  { name: "slashes", size: 50_000, prepare: (n) => path("/".repeat(n)) },
  { name: "labels of a host", size: 20_000, prepare: (n) => () => normalizeHost("a.".repeat(n)) },
  { name: "parameters of a query", size: 10_000, prepare: (n) => () => readParameters("a=b&".repeat(n)) },
  {
    name: "parameters of a query by other names",
    size: 10_000,
    prepare: (n) => () => readParameters(Array.from({ length: n }, (_, i) => `a${i}=b`).join("&")),
  },
  { name: "parameters to look through", size: 20_000, prepare: (n) => () => findParameter("a=b&".repeat(n), "z") },
  { name: "parameters with encoded names", size: 2000, prepare: (n) => () => findParameter("%61=b&".repeat(n), "z") },
  { name: "encodings that are no UTF-8", size: 2000, prepare: (n) => () => parameterValue("%ffa".repeat(n), 0) },
  {
    name: "one run of encodings that is no UTF-8",
    size: 5000,
    prepare: (n) => () => parameterValue("%e2%82%ac".repeat(n).concat("%ff"), 0),
  },
  {
    name: "text of an ordinary expression",
    size: 20_000,
    prepare: matching("(?:.*; ?)?canary=always(?:;.*)?", (n) => "a=b; ".repeat(n)),
  },
  { name: "text of an expression whose states explode", size: 500, prepare: matching("[ab]*a[ab]{500}", ab) },
  {
    name: "text of an expression with Unicode classes",
    size: 5000,
    prepare: matching("\\pL*[^\\pN]\\pL*", (n) => "é".repeat(n)),
  },
  {
    name: "literals of an expression",
    size: 60,
    prepare: (n) => () => compilePattern(Array.from({ length: n }, (_, i) => `tenant${i * 7919}`).join("|")),
  },
  { name: "classes of an expression", size: 200, prepare: (n) => () => compilePattern("[ab]".repeat(n)) },
  {
    name: "groups of an expression",
    size: 50,
    prepare: (n) => () => compilePattern("(".repeat(n) + "a".repeat(100) + ")".repeat(n)),
  },
  { name: "alternatives that may be empty", size: 50, prepare: (n) => () => compilePattern("(?:a|b|)".repeat(n)) },
  { name: "optional characters", size: 150, prepare: (n) => () => compilePattern("a?".repeat(n) + "a".repeat(n)) },
  {
    name: "repetitions in each other, by the estimate",
    size: 2000,
    prepare: (n) => () => estimateProgramSize(`${"(?:".repeat(n)}a${"{9})".repeat(n)}`),
  },
  { name: "text to estimate", size: 20_000, prepare: (n) => () => estimateProgramSize("[a]{9}\\Qx".repeat(n)) },
  { name: "brackets that never close", size: 20_000, prepare: (n) => () => estimateProgramSize("[[:".repeat(n)) },
  { name: "braces that never close", size: 20_000, prepare: (n) => () => estimateProgramSize("\\x{".repeat(n)) },
  { name: "look-around to leave out", size: 1000, prepare: (n) => () => relaxedPattern("(?=a)".repeat(n)) },
  { name: "look-around that never closes", size: 500, prepare: (n) => () => relaxedPattern("(?=".repeat(n)) },
  {
    name: "a traceparent of a later version",
    size: 50_000,
    prepare: (n) => () => parseTraceparent(`01-${"a".repeat(32)}-${"b".repeat(16)}-01-${"c-".repeat(n)}`),
  },
  {
    name: "TLVs of a PROXY header",
    size: 10_000,
    prepare: (n) => {
      const header = Buffer.alloc(28 + n);
      Buffer.from("\r\n\r\n\0\r\nQUIT\n!\x11", "latin1").copy(header);
      header.writeUInt16BE(12 + n, 14);
      return () => readProxyHeader(header, 2 ** 20);
    },
  },
  {
    name: "extensions of a ClientHello",
    size: 800,
    prepare: (n) => {
      const extensions = Buffer.alloc(n * 4, Buffer.from("00ff0000", "hex"));
      const body = Buffer.concat([
        Buffer.alloc(34),
        Buffer.from("00000213010100", "hex"),
        Buffer.of(extensions.length >> 8, extensions.length & 255),
        extensions,
      ]);
      const message = Buffer.concat([
        Buffer.of(1, body.length >> 16, (body.length >> 8) & 255, body.length & 255),
        body,
      ]);
      const hello = Buffer.concat([Buffer.of(22, 3, 1, message.length >> 8, message.length & 255), message]);
      return () => readClientHello(hello, 2 ** 20);
    },
  },
];
