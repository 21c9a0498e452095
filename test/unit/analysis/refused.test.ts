import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { fullName } from "../../../lib/analysis/traffic/describe.ts";
import { type Explanation, explain, explainedGateways, type Refused } from "../../../lib/analysis/traffic/explain.ts";
import { relaxedPattern } from "../../../lib/analysis/traffic/relaxed-pattern.ts";
import { gateway, model, ours, route } from "./given.ts";

const to = (name: string) => `backendRefs: [{ name: ${name}, port: 80 }]`;
const http = gateway({ name: "http" });

/** Reads the input of a reported fault from test/agreement. */
const reported = (folder: string) =>
  readFileSync(new URL(`../../agreement/${folder}/gw.yaml`, import.meta.url), "utf8");

function explained(yaml: string, url: string, headers: Record<string, string> = {}, name?: string): Explanation {
  const known = model(yaml);
  const asked = explainedGateways(known).find(({ ir }) => name === undefined || fullName(ir.gateway) === name);
  assert.ok(asked);
  return explain(asked, known.attachment, { url, headers });
}

const brief = (refused: readonly Refused[]) => refused.map(({ what, reason }) => `${what}: ${reason}`);

test("refused-listener-in-explain: a listener without its certificate stands beside what is served", () => {
  const { answer, refused } = explained(reported("refused-listener-in-explain"), "https://shop.lab.test/");
  assert.match(answer.reason ?? "", /serves no https on port 443/);
  assert.deepEqual(brief(refused), [
    "listener web of Gateway infra/edge, HTTPS port 443, host shop.lab.test: RefNotPermitted",
  ]);
  assert.equal(refused[0]?.field, "spec.listeners[0].tls.certificateRefs[0].namespace");
  assert.match(refused[0]?.fix ?? "", /Add a ReferenceGrant to namespace certs/);
  // The refused listener does not affect requests to another port or host.
  assert.deepEqual(explained(reported("refused-listener-in-explain"), "http://shop.lab.test/").refused, []);
  assert.deepEqual(explained(reported("refused-listener-in-explain"), "https://other.lab.test/").refused, []);
});

test("refused-regex-in-explain: a dropped rule is told for the requests that it is meant for, and for no others", () => {
  const yaml = reported("refused-regex-in-explain");
  const at = (path: string) => brief(explained(yaml, `http://re.lab.test${path}`).refused);
  const dropped = (rule: number) => `HTTPRoute web/re rules[${rule}]: UnsupportedValue`;
  assert.deepEqual(at("/service/public"), [dropped(0)]);
  assert.deepEqual(at("/backaa"), [dropped(7)]);
  assert.deepEqual(at("/poss/aab"), [dropped(11)]);
  for (const path of ["/user/1", "/nothing", "/anch/x"]) assert.deepEqual(at(path), [], path);
});

test("an expression that is too large drops its rule, and one that takes too many steps answers 500", () => {
  const one = (value: string, name: string) =>
    `{ matches: [{ headers: [{ name: x, type: RegularExpression, value: "${value}" }] }], ${to(name)} }`;
  const yaml = ours + http + route("r", `[${one("[ab]*a[ab]{900}", "large")}, ${one("[ab]*a[ab]{700}", "slow")}]`);
  const asked = (x: string) => explained(yaml, "http://acme.io/", { x });
  const short = asked("ab");
  assert.equal(short.answer.status, 404);
  const [dropped] = short.refused;
  assert.equal(dropped?.what, "HTTPRoute app/r rules[0]");
  assert.equal(dropped?.reason, "UnsupportedValue");
  assert.match(dropped?.message ?? "", /too large: it compiles to 905 instructions, and 783 are allowed\.$/);
  const long = asked("abbaaab".repeat(1000));
  assert.equal(long.answer.status, 500);
  assert.match(long.answer.reason ?? "", /take more than 2,000,000 steps/);
  assert.equal(long.winner, undefined);
});

test("parent-namespace-forgotten: a route whose parent is nearly this Gateway is told, with what was forgotten", () => {
  const { refused } = explained(reported("parent-namespace-forgotten"), "http://site.lab.test/");
  const forgot = refused.find(({ what }) => what === "HTTPRoute team-a/forgot");
  assert.equal(forgot?.reason, "NoMatchingParent");
  assert.equal(
    forgot?.message,
    "Gateway shared is not declared in namespace team-a; infra/shared is declared: did you forget parentRefs[0].namespace?",
  );
  assert.match(forgot?.fix ?? "", /^Set spec.parentRefs\[0\].namespace to infra\./);
});

test("listeners in conflict, of a protocol that is not served, and of a ListenerSet that is not admitted", () => {
  const two = gateway({ name: "a", hostname: "a.io" }, { name: "b" }, { name: "c", port: 81 });
  const conflict = two.replace("name: b, protocol: HTTP,", "name: b, protocol: TCP,");
  assert.deepEqual(brief(explained(conflict, "http://a.io/").refused), [
    "listener a of Gateway edge/g, HTTP port 80, host a.io: ProtocolConflict",
    "listener b of Gateway edge/g, TCP port 80, every host: ProtocolConflict",
  ]);
  assert.deepEqual(explained(conflict, "http://a.io:81/").refused, [], "another port");
  const protocol = (ours + http).replace("protocol: HTTP,", "protocol: example.com/QUIC,");
  const { answer, refused } = explained(protocol, "http://a.io/");
  assert.equal(answer.status, undefined);
  assert.deepEqual(brief(refused), [
    "Gateway edge/g: ListenersNotValid",
    "listener http of Gateway edge/g, example.com/QUIC port 80, every host: UnsupportedProtocol",
  ]);
  const set = `apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: { name: more, namespace: app }
spec:
  parentRef: { name: g, namespace: edge }
  listeners: [{ name: extra, protocol: HTTP, port: 81 }]
---
`;
  assert.deepEqual(brief(explained(http + set, "http://a.io:81/").refused), ["ListenerSet app/more: NotAllowed"]);
  assert.deepEqual(explained(http + set, "http://a.io/").refused, []);
});

test("a route that is refused is told if it would go before what serves", () => {
  const refusedByHost = (path: string) =>
    route("refused", `[{ matches: [{ path: { value: ${path} } }], ${to("r")} }]`, { parent: ", sectionName: none" });
  const serving = http + route("serving", `[{ matches: [{ path: { value: /a } }], ${to("s")} }]`);
  const at = (path: string) => explained(serving + refusedByHost(path), "http://a.io/a/b").refused;
  assert.deepEqual(brief(at("/a/b")), ["HTTPRoute app/refused: NoMatchingParent"]);
  assert.deepEqual(at("/"), [], "a shorter prefix would come after");
  assert.deepEqual(at("/z"), [], "another path");
});

test("backends and filters of the winner that cannot be reached or run", () => {
  const rule = `[{ filters: [{ type: ExtensionRef, extensionRef: { group: acme.io, kind: Quota, name: q } }],
    backendRefs: [{ name: s, port: 80 }, { name: far, namespace: other, port: 80 }] }]`;
  assert.deepEqual(brief(explained(ours + http + route("r", rule), "http://a.io/").refused), [
    "filter of HTTPRoute app/r rules[0]: InvalidKind",
    "backend of HTTPRoute app/r rules[0]: RefNotPermitted",
  ]);
});

test("a backend that no source declares, a letter off from one that is declared, is noted", () => {
  const service = `apiVersion: v1
kind: Service
metadata: { name: storefront, namespace: app }
spec: { ports: [{ port: 80 }] }
---
`;
  const { nearMisses, refused } = explained(http + service + route("r", `[{ ${to("storefrnt")} }]`), "http://a.io/");
  assert.deepEqual(refused, [], "it is taken to exist");
  assert.match(nearMisses[0]?.message ?? "", /did you mean storefront\?$/);
});

test("an expression that does not compile stands for at least what it may match", () => {
  const literal = fc.stringMatching(/^[a-z]{1,6}$/);
  fc.assert(
    fc.property(literal, literal, (a, b) => {
      for (const source of [
        `/${a}(?!x).*`,
        `/(?=${a})${a}/?`,
        `/(${a})/\\1`,
        `/(?>${a})+`,
        `/${a}*+${b}`,
        `/${a}[(?!x)]`,
        `/[${a}]{1,2000}`,
      ]) {
        const relaxed = relaxedPattern(source);
        assert.doesNotThrow(() => new RegExp(relaxed.replace("(?s:.*)", "[^]*")), source);
        assert.ok(!relaxed.includes("(?!x).") && !relaxed.includes("\\1"), source);
      }
      assert.equal(relaxedPattern(`/${a}/.*`), `/${a}/.*`);
    }),
  );
});

test("no explanation of any request throws, and what it says is refused is in force nowhere", () => {
  const yaml =
    reported("refused-regex-in-explain") +
    "\n---\n" +
    reported("refused-listener-in-explain").split("---\n").slice(1).join("---\n");
  const path = fc.constantFrom("/", "/user/1", "/service/public", "/backaa", "/lazy/x/end");
  const host = fc.constantFrom("re.lab.test", "shop.lab.test", "RE.lab.test:80", "", "a b", "[::1]");
  const url = fc.constantFrom("", "http://127.0.0.1", "https://shop.lab.test", "https://127.0.0.1:443", "http://x:81");
  const known = model(yaml);
  fc.assert(
    fc.property(path, host, url, (target, authority, base) => {
      for (const asked of explainedGateways(known)) {
        const { refused, winner } = explain(asked, known.attachment, {
          url: base + target,
          headers: { host: authority },
        });
        assert.ok(winner === undefined || refused.every(({ what }) => what !== `${winner.route} ${winner.rule}`));
        assert.ok(refused.every(({ reason, message }) => reason !== "" && message !== ""));
      }
    }),
  );
});
