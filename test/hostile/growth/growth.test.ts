import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bound, growthOf } from "./growth.ts";
import { http1Rows } from "./rows/http1.ts";
import { http2Rows } from "./rows/http2.ts";
import { objectRows } from "./rows/objects.ts";
import { routingRows } from "./rows/routing.ts";
import { textRows } from "./rows/texts.ts";

/**
 * No step on anything that a peer or a tenant sends takes more than linear time: of every collection that can grow, four
 * times as much takes less than eight times as long. What has a bound of its own is measured beyond it. WebSocket frames
 * are not here: the proxy relays bytes and reads none.
 */
describe("four times as many take less than eight times as long", () => {
  for (const row of [...http1Rows, ...http2Rows, ...routingRows, ...textRows, ...objectRows]) {
    test(row.name, (t) => {
      const growth = growthOf(row);
      t.diagnostic(`${growth.toFixed(1)} times`);
      assert.ok(growth < bound, `${row.size * 4} take ${growth.toFixed(1)} times as long as ${row.size}`);
    });
  }
});

describe("the measure", () => {
  const quadratic = (n: number) => () => {
    let sum = 0;
    for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) sum += i ^ k;
    return sum;
  };
  test("finds a quadratic step", () => assert.ok(growthOf({ name: "", size: 1500, prepare: quadratic }) >= bound));
});
