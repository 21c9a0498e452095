import assert from "node:assert/strict";
import { check } from "../../../../lib/analysis/check/check.ts";
import { routingModel } from "../../../../lib/analysis/traffic/model.ts";
import { simulate } from "../../../../lib/analysis/traffic/simulate.ts";
import { load } from "../../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../../lib/api/parse/documents.ts";
import { type FuzzTarget, kindOf, magnitude } from "../target.ts";

export const objects: FuzzTarget = {
  name: "objects",
  holds: "no objects throw on the way from their text to an answer, and every finding has a code",
  tokens: [
    ...[
      "\n---\n",
      "kind: HTTPRoute\n",
      "kind: Gateway\n",
      "kind: ReferenceGrant\n",
      "namespace: b\n",
      "type: RegularExpression",
      "hostname: '*.a.io'",
    ],
    ...[
      "weight: 0",
      "port: 443",
      "protocol: TLS",
      "from: All",
      "{path: {value: /}}",
      "filters:\n",
      "sectionName: http",
      "null",
      "[]",
      "{}",
    ],
  ],
  check: (input) => {
    const text = input.toString("utf8");
    const parsed = parseDocuments(text, "f.yaml");
    const loaded = load([{ name: "f.yaml", ...parsed, texts: new Map([["f.yaml", text]]) }], {
      channel: "experimental",
    });
    const findings = check(loaded);
    for (const { code, message } of findings) assert.ok(/^GW\d{4}$/.test(code) && message !== "");
    const { gateways } = routingModel(loaded, { undeclared: "exists" });
    const statuses = gateways.map((gateway) => simulate(gateway, { url: "http://acme.io/store" }).status ?? 200);
    return kindOf(findings.map(({ code }) => code).slice(0, 3), magnitude(loaded.objects.length), statuses.slice(0, 2));
  },
};
