import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeStatus } from "../../../../../proxy/control/cluster/status/merge.ts";

const us = new Set(["gatewright.dev/gateway-controller"]);
const [controllerName] = us as Iterable<string>;
const then = "2026-01-01T00:00:00Z";
const now = "2026-02-02T00:00:00Z";
const accepted = {
  type: "Accepted",
  status: "True",
  reason: "Accepted",
  message: "yes",
  observedGeneration: 2,
} as const;
const refused = { ...accepted, status: "False", reason: "NotAllowedByListeners", message: "no" } as const;
const parentRef = { group: "gateway.networking.k8s.io", kind: "Gateway", name: "edge" };

function route(...conditions: (typeof accepted | typeof refused)[]) {
  return { parents: [{ parentRef, controllerName: controllerName as string, conditions }] };
}

test("a first status has the time of now", () => {
  assert.deepEqual(mergeStatus(undefined, route(accepted), us, now), {
    parents: [{ parentRef, controllerName, conditions: [{ ...accepted, lastTransitionTime: now }] }],
  });
});

test("what is stored already is not written again", () => {
  const stored = mergeStatus(undefined, route(accepted), us, then);
  assert.equal(mergeStatus(stored, route(accepted), us, now), undefined);
});

test("a new generation keeps the time, a new status does not", () => {
  const stored = mergeStatus(undefined, route(accepted), us, then);
  const seen = mergeStatus(stored, route({ ...accepted, observedGeneration: 3 } as never), us, now);
  assert.deepEqual(seen, {
    parents: [
      { parentRef, controllerName, conditions: [{ ...accepted, observedGeneration: 3, lastTransitionTime: then }] },
    ],
  });
  const turned = mergeStatus(stored, route(refused), us, now);
  assert.deepEqual(turned, {
    parents: [{ parentRef, controllerName, conditions: [{ ...refused, lastTransitionTime: now }] }],
  });
});

test("entries of other controllers stay, in their order and with all they say", () => {
  const other = {
    parentRef: { name: "other", namespace: "infra" },
    controllerName: "example.com/other",
    conditions: [{ type: "Accepted", status: "False", reason: "Theirs", message: "", lastTransitionTime: then }],
    extra: 1,
  };
  const merged = mergeStatus({ parents: [other] }, route(accepted), us, now);
  assert.deepEqual((merged as { parents: unknown[] }).parents[0], other);
  assert.deepEqual(
    mergeStatus(merged, { parents: [] }, us, now),
    { parents: [other] },
    "ours goes when it is not wanted",
  );
  assert.equal(mergeStatus({ parents: [other] }, { parents: [] }, us, now), undefined);
});

test("conditions of types that are not ours stay, and ours that are not wanted any more go", () => {
  const health = { type: "example.com/Healthy", status: "True", reason: "Ok", message: "", lastTransitionTime: then };
  const insecure = {
    type: "InsecureFrontendValidationMode",
    status: "True",
    reason: "x",
    message: "",
    lastTransitionTime: then,
  };
  const stored = { conditions: [insecure, health], addresses: [{ type: "IPAddress", value: "10.0.0.1" }] };
  const merged = mergeStatus(stored, { conditions: [accepted], listeners: [], attachedListenerSets: 0 }, us, now);
  assert.deepEqual(merged, {
    conditions: [{ ...accepted, lastTransitionTime: now }, health],
    addresses: [{ type: "IPAddress", value: "10.0.0.1" }],
    listeners: [],
    attachedListenerSets: 0,
  });
});

test("each listener keeps the times of its own conditions; one that is gone leaves nothing", () => {
  const listener = (name: string, condition: typeof accepted | typeof refused) => ({
    name,
    supportedKinds: [],
    attachedRoutes: 1,
    conditions: [condition],
  });
  const first = {
    conditions: [],
    listeners: [listener("a", accepted), listener("b", accepted)],
    attachedListenerSets: 0,
  };
  const stored = mergeStatus(undefined, first, us, then);
  const second = { ...first, listeners: [listener("b", accepted), listener("c", refused)] };
  const listeners = mergeStatus(stored, second, us, now)?.listeners as {
    name: string;
    conditions: { lastTransitionTime: string }[];
  }[];
  assert.deepEqual(
    listeners.map(({ name, conditions }) => [name, conditions[0]?.lastTransitionTime]),
    [
      ["b", then],
      ["c", now],
    ],
  );
});

test("a status that is no status is written over, not fallen over", () => {
  for (const stored of [null, 1, "x", [], { parents: "none" }, { parents: [1, null] }]) {
    assert.ok(mergeStatus(stored, route(accepted), us, now));
  }
});
