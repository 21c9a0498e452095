import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Newest } from "../../../proxy/control/newest.ts";
import { OwnPorts } from "../../../proxy/control/own-ports.ts";
import { ProxyProcess } from "../../../proxy/control/proxy-process.ts";
import type { DataPlane } from "../../../proxy/dataplane/data-plane.ts";
import type { BoundSocket, Snapshot } from "../../../proxy/dataplane/routing/snapshot.ts";
import { Stats } from "../../../proxy/dataplane/stats/stats.ts";
import { snapshot } from "../dataplane/harness/configuration.ts";

const configuration = { gateways: snapshot({ endpoints: { main: 1 } }).gateways };
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A data plane whose ports fail with these error codes, a list for each configuration that it receives. */
class FakeDataPlane implements DataPlane {
  readonly stats = new Stats();
  onFilterFailure = () => {};
  readonly snapshots: Snapshot[] = [];
  drained: number | undefined;
  readonly #codes: (string | undefined)[];

  constructor(codes: readonly (string | undefined)[] = []) {
    this.#codes = [...codes];
  }

  async apply(taken: Snapshot): Promise<readonly BoundSocket[]> {
    this.snapshots.push(taken);
    const code = this.#codes.shift();
    return taken.sockets.map((socket) => (code === undefined ? socket : { ...socket, error: { code, message: code } }));
  }

  async refresh(): Promise<void> {}
  async drain(delayMs: number): Promise<void> {
    this.drained = delayMs;
  }
  async close(): Promise<void> {}
}

function start(t: TestContext, codes: readonly (string | undefined)[] = []) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const dataPlane = new FakeDataPlane(codes);
  const told: (string | undefined)[] = [];
  const proxy = new ProxyProcess({
    dataPlane,
    backends: new Map([["default/main:80", { host: "10.0.0.1", port: 8080 }]]),
    onSockets: ([socket]) => told.push(socket?.error?.code),
  });
  return { proxy, dataPlane, told, tick: (ms: number) => t.mock.timers.tick(ms) };
}

test("it is ready from when a configuration is in force until it drains", async (t) => {
  const { proxy, dataPlane } = start(t);
  assert.equal(proxy.ready, false);
  const [bound] = await proxy.takeIn(configuration);
  assert.deepEqual([bound?.host, bound?.localPort, proxy.ready], ["::", 80, true]);
  const endpoints = dataPlane.snapshots[0]?.endpoints.get("default/main:80");
  assert.deepEqual(
    endpoints?.map(({ address, port, ready }) => [address, port, ready]),
    [["10.0.0.1", 8080, true]],
  );
  const drained = proxy.drain(5_000);
  assert.equal(proxy.ready, false);
  await drained;
  assert.equal(dataPlane.drained, 5_000);
});

test("a port that is taken at first is tried again, later and later, and until then it is not ready", async (t) => {
  const { proxy, dataPlane, told, tick } = start(t, ["EADDRINUSE", "EADDRINUSE", undefined]);
  await proxy.takeIn(configuration);
  assert.equal(proxy.ready, false);
  tick(1_000);
  await settled();
  assert.equal(proxy.ready, false);
  tick(1_999);
  assert.equal(dataPlane.snapshots.length, 2);
  tick(1);
  await settled();
  assert.deepEqual([proxy.ready, told], [true, ["EADDRINUSE", "EADDRINUSE", undefined]]);
  tick(100_000);
  assert.equal(dataPlane.snapshots.length, 3);
});

test("once it was ready, a port that cannot be had takes nothing from the others", async (t) => {
  const { proxy } = start(t, [undefined, "EACCES"]);
  await proxy.takeIn(configuration);
  await proxy.takeIn(configuration);
  assert.equal(proxy.ready, true);
  await proxy.close();
});

test("where there is no IPv6, IPv4 alone is listened on from then on", async (t) => {
  const { proxy, dataPlane } = start(t, ["EAFNOSUPPORT"]);
  await proxy.takeIn(configuration);
  await proxy.takeIn(configuration);
  assert.deepEqual(
    dataPlane.snapshots.map(({ sockets }) => sockets[0]?.host),
    ["::", "0.0.0.0", "0.0.0.0"],
  );
  assert.equal(proxy.ready, true);
});

test("a port that is assigned an address stays there", () => {
  const ports = new OwnPorts(new Map([["edge/test:80", { host: "127.0.0.1", port: 8080 }]]));
  const [socket] = ports.assign(configuration.gateways);
  assert.deepEqual([socket?.host, socket?.localPort], ["127.0.0.1", 8080]);
  assert.equal(ports.move([{ ...(socket as BoundSocket), error: { code: "EADDRNOTAVAIL", message: "" } }]), false);
});

test("of what comes while something is done only the newest is, and what failed stops nothing", async () => {
  const done: number[] = [];
  const newest = new Newest(async (input: number) => {
    done.push(input);
    await settled();
    if (input === 1) throw new Error("one");
    return input * 10;
  });
  const first = newest.do(1);
  first.catch(() => {});
  await Promise.resolve();
  const [second, third] = [newest.do(2), newest.do(3)];
  await assert.rejects(first, /one/);
  assert.deepEqual(await Promise.all([second, third]), [30, 30]);
  await newest.settled();
  assert.deepEqual(done, [1, 3]);
});
