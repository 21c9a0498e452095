import assert from "node:assert/strict";
import { test } from "node:test";
import {
  header,
  hostPort,
  keyPairAssignments,
  namespacedName,
  portAssignments,
} from "../../../lib/cli/options/arguments.ts";
import { UsageError } from "../../../lib/cli/report/terminal.ts";

test("addresses are HOST:PORT, with IPv6 in brackets", () => {
  assert.deepEqual(hostPort("127.0.0.1:80", "--x"), { host: "127.0.0.1", port: 80 });
  assert.deepEqual(hostPort("[::1]:0", "--x"), { host: "::1", port: 0 });
  assert.deepEqual(hostPort("my-host.example:65535", "--x"), { host: "my-host.example", port: 65_535 });
  for (const wrong of ["", "80", ":80", "a:", "a:b", "::1:80", "[1.2.3.4]:80", "a:65536", "a b:80", "a:-1", "[::1]"]) {
    assert.throws(() => hostPort(wrong, "--x"), UsageError, wrong);
  }
  assert.throws(() => hostPort("a:0", "--x", 1), /out of range/);
});

test("a name without a namespace is in default", () => {
  assert.deepEqual(namespacedName("edge/acme", "--x"), { namespace: "edge", name: "acme" });
  assert.deepEqual(namespacedName("acme.v2", "--x"), { namespace: "default", name: "acme.v2" });
  for (const wrong of ["", "/a", "a/", "a/b/c", "A/b", "a/b_c", "a.b/c"]) {
    assert.throws(() => namespacedName(wrong, "--x"), UsageError, wrong);
  }
});

test("assignments are keyed by namespace/name:port, each once", () => {
  const found = portAssignments(["store/a:8080=127.0.0.1:1", "b:80=[::1]:2"], "--backend");
  assert.deepEqual(
    [...found],
    [
      ["store/a:8080", { host: "127.0.0.1", port: 1 }],
      ["default/b:80", { host: "::1", port: 2 }],
    ],
  );
  assert.throws(() => portAssignments(["a:1=b:2", "default/a:1=c:3"], "--backend"), /given twice/);
  for (const wrong of ["a=b:1", "a:1", "a:0=b:1", "a:1=b:0", "=", "a:1="]) {
    assert.throws(() => portAssignments([wrong], "--backend"), UsageError, wrong);
  }
});

test("a header is written as for curl", () => {
  assert.deepEqual(header("Serve: canary: 2 "), { name: "serve", value: "canary: 2" });
  assert.deepEqual(header("empty:"), { name: "empty", value: "" });
  for (const wrong of ["", ":x", "a b: c", "novalue", "a\n: b", "a: b\r\nc: d"])
    assert.throws(() => header(wrong), UsageError, wrong);
});

test("a Secret from files names them both, each Secret once", () => {
  const acme = { namespace: "edge", name: "acme", certificate: "a/crt.pem", key: "key=1.pem" };
  assert.deepEqual(keyPairAssignments(["edge/acme=a/crt.pem,key=1.pem"], "--certificate"), [acme]);
  assert.throws(() => keyPairAssignments(["a=b,c", "default/a=d,e"], "--certificate"), /default\/a: given twice/);
  for (const wrong of ["", "a", "a=", "a=b", "a=b,", "a=,c", "a=b,c,d", "A/b=c,d"]) {
    assert.throws(() => keyPairAssignments([wrong], "--certificate"), UsageError, wrong);
  }
});
