import assert from "node:assert/strict";
import { test } from "node:test";
import type { GatewayIR } from "../../../lib/routing/ir.ts";
import { LocalSockets } from "../../../proxy/control/local-sockets.ts";

function gateway(name: string, ...ports: number[]): GatewayIR {
  return {
    version: 1,
    gateway: { namespace: "edge", name },
    ports: ports.map((port) => ({ port, protocol: "HTTP", listeners: [] })),
    rules: {},
    backends: {},
  };
}

function addresses(sockets: LocalSockets, ...gateways: GatewayIR[]): string[] {
  return sockets
    .assign(gateways)
    .map(({ gateway, port, host, localPort }) => `${gateway.name}:${port}=${host}:${localPort}`);
}

test("a port below 1024 becomes port + 8000 on loopback, another stays", () => {
  assert.deepEqual(addresses(new LocalSockets(), gateway("a", 80, 443, 1023, 1024, 8443)), [
    "a:80=127.0.0.1:8080",
    "a:443=127.0.0.1:8443",
    "a:1023=127.0.0.1:9023",
    "a:1024=127.0.0.1:1024",
    "a:8443=127.0.0.1:8444",
  ]);
});

test("the second Gateway with a port gets the next, and both keep theirs", () => {
  const sockets = new LocalSockets();
  assert.deepEqual(addresses(sockets, gateway("a", 80)), ["a:80=127.0.0.1:8080"]);
  assert.deepEqual(addresses(sockets, gateway("b", 80), gateway("a", 80)), [
    "b:80=127.0.0.1:8081",
    "a:80=127.0.0.1:8080",
  ]);
});

test("an address is free again when its Gateway port is gone", () => {
  const sockets = new LocalSockets();
  addresses(sockets, gateway("a", 80));
  assert.deepEqual(addresses(sockets, gateway("b", 80)), ["b:80=127.0.0.1:8080"]);
});

test("a taken address moves up, a fixed one does not", () => {
  const sockets = new LocalSockets(new Map([["edge/b:80", { host: "0.0.0.0", port: 8081 }]]));
  const gateways = [gateway("a", 80), gateway("b", 80)];
  assert.deepEqual(addresses(sockets, ...gateways), ["a:80=127.0.0.1:8080", "b:80=0.0.0.0:8081"]);
  assert.equal(sockets.move({ namespace: "edge", name: "a" }, 80), true);
  assert.equal(sockets.move({ namespace: "edge", name: "b" }, 80), false);
  assert.deepEqual(addresses(sockets, ...gateways), ["a:80=127.0.0.1:8082", "b:80=0.0.0.0:8081"]);
});

test("past the last port there is none to move to", () => {
  const sockets = new LocalSockets();
  addresses(sockets, gateway("a", 65_535));
  assert.equal(sockets.move({ namespace: "edge", name: "a" }, 65_535), false);
});
