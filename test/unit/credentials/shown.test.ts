import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isCredential,
  isCredentialKey,
  notShown,
  publicExpression,
  publicPath,
  publicValue,
  shownText,
  shownValue,
} from "../../../lib/api/kinds/credentials.ts";

test("names of credentials", () => {
  const names = [
    ...["authorization", "Proxy-Authorization", "cookie", "Set-Cookie", "www-authenticate", "X-Api-Key", "apikey"],
    ...["access_token", "id_token", "X-Amz-Security-Token", "X-Amz-Signature", "X-Amz-Credential", "AWSAccessKeyId"],
    ...["sig", "X-Goog-Signature", "sas", "key", "x-internal-key", "Ocp-Apim-Subscription-Key", "client_secret"],
    ...["password", "passwd", "mysql_pwd", "privateKey", "private_key", "sessionid", "x-csrftoken", "code", "otp"],
    ...["code_verifier", "client_assertion", "SAMLResponse", "jwt", "x-hub-signature-256"],
  ];
  for (const name of names) assert.ok(isCredential(name), name);
});

test("names of fields that hold no credentials", () => {
  const names = [
    ...[
      "accept",
      "content-type",
      "env",
      "x-canary",
      "user-agent",
      "monkey",
      "keyboard",
      "design",
      "x-author",
      "compass",
    ],
    ...[
      "access-control-allow-credentials",
      "sec-websocket-key",
      "idempotency-key",
      "country-code",
      "signal",
      "passenger",
    ],
  ];
  for (const name of names) assert.ok(!isCredential(name), name);
});

test("fields of the API are no keys of credentials", () => {
  for (const key of ["key", "allowCredentials", "sessionName"]) assert.ok(!isCredentialKey(key), key);
  for (const key of ["password", "example.com/api-key"]) assert.ok(isCredentialKey(key), key);
});

test("a text without the credentials that it gives away", () => {
  for (const [text, shown] of [
    ["canary", "canary"],
    ["Bearer abc.def", `Bearer ${notShown}`],
    ["https://user:pass@acme.io/x", `https://${notShown}@acme.io/x`],
    ["/x?a=1&access_token=b&c=2", `/x?a=1&access_token=${notShown}&c=2`],
    ["/x?access%5Ftoken=b", `/x?access%5Ftoken=${notShown}`],
    ["/x?%=b&sig=c", `/x?%=b&sig=${notShown}`],
    ["AKIAIOSFODNN7EXAMPLE", notShown],
    ["mail@acme.io", "mail@acme.io"],
    ["a basic plan", "a basic plan".replace("plan", notShown)],
  ] as const) {
    assert.equal(shownText(text), shown);
  }
  assert.equal(shownValue("x-api-key", "b"), notShown);
  assert.equal(shownValue("env", "b"), "b");
});

test("to everybody a value is shown only under a harmless name and if it is plainly harmless", () => {
  for (const [name, value] of [
    ["env", "canary"],
    ["X-Version", "v2"],
    ["Accept-Language", "de-CH, de;q=0.9"],
    ["Cache-Control", "public, max-age=600"],
    ["content-type", "application/json; charset=utf-8"],
  ] as const) {
    assert.equal(publicValue(name, value), value);
  }
  for (const [name, value] of [
    ["x-tenant", "acme"],
    ["env", "Zk3planted9Qx"],
    ["version", "4f2504e04f8911d39a0c0305e82c3301"],
    ["accept", "Bearer abcdef"],
    ["x-api-key", "v2"],
  ] as const) {
    assert.equal(publicValue(name, value), notShown);
  }
});

test("to everybody a path is shown by its harmless segments, and an expression as a whole", () => {
  assert.equal(publicPath("/api/v1/users"), "/api/v1/users");
  assert.equal(publicPath("/hooks/T024F8K2QZ/x?a=b"), `/hooks/${notShown}/x?${notShown}`);
  assert.equal(publicExpression("/v[0-9]+/(users|orders)"), "/v[0-9]+/(users|orders)");
  assert.equal(publicExpression("/hooks/(T024F8K2QZ|b)"), notShown);
});

/** The steps of regular expressions cannot be counted, so the ratio of the best times for n and 4n is tested. */
test("reading a text takes time in proportion to its length", () => {
  const seeds = ["://", "eyJ", "?a", "bearer +", "sk-", "AKIA", "-----BEGIN PRIVATE KEY", "a.", "?a=", "eyJaaaaaa."];
  for (const seed of seeds) {
    const time = (length: number) => {
      const text = seed.repeat(length / seed.length);
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 7; i++) {
        const begun = performance.now();
        shownText(text);
        best = Math.min(best, performance.now() - begun);
      }
      return best;
    };
    time(20_000);
    const [short, long] = [time(50_000), time(200_000)];
    // Quadratic work would take sixteen times as long.
    assert.ok(long < Math.max(10 * short, 5), `${seed}: ${short} ms for n, ${long} ms for 4n`);
  }
});
