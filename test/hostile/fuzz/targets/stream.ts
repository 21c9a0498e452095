import assert from "node:assert/strict";
import { Assembly } from "../../../../proxy/control/stream/assembly.ts";
import { readFromProxy, readToProxy } from "../../../../proxy/control/stream/read-messages.ts";
import { type FuzzTarget, kindOf, magnitude } from "../target.ts";

/** Returns the wrong field, without its value and its index in lists. */
function faultOf(why: string): string {
  return why.replace(/ is .*|: .*/s, "").replace(/\[\d+\]|has\..*/g, "");
}

export const streamMessages: FuzzTarget = {
  name: "stream-messages",
  holds: "no message throws; what is read is read again as it was written; parts that make no configuration say so",
  tokens: [
    '"type":"hello"',
    '"type":"answer"',
    '"type":"update"',
    '"nonce":1',
    '"has":{}',
    '"changed":[]',
    '"removed":["a"]',
    '"complete":true',
    '"name":"gateway"',
    '"body":"{}"',
    "[[[[",
    '"error":""',
    '"closed":[{"port":80,"message":""}]',
  ],
  check: (input) => {
    const [fromProxy, toProxy] = [readFromProxy(input), readToProxy(input)];
    for (const [message, read] of [
      [fromProxy, readFromProxy],
      [toProxy, readToProxy],
    ] as const) {
      if (message.type === "malformed") assert.ok(message.why.length < 400 && message.why.length > 5);
      else assert.deepEqual(read(Buffer.from(JSON.stringify(message))), message);
    }
    if (toProxy.type === "malformed")
      return kindOf(fromProxy.type, fromProxy.type === "malformed" ? faultOf(fromProxy.why) : "", faultOf(toProxy.why));
    const assembly = new Assembly();
    let outcome = "configuration";
    try {
      assembly.take(toProxy);
      assembly.configuration();
    } catch (error) {
      assert.ok(error instanceof Error);
      outcome = error.message.slice(0, 40);
    }
    return kindOf("update", outcome, magnitude(toProxy.changed.length));
  },
};
