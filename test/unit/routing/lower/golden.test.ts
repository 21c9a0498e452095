import { deepEqual, equal } from "node:assert/strict";
import { describe, test } from "node:test";
import { Document, isMap, visit } from "yaml";
import { attach } from "../../../../lib/routing/attach/attach.ts";
import type { AttachOptions } from "../../../../lib/routing/attach/attachment.ts";
import type { GatewayIR, TargetIR } from "../../../../lib/routing/ir.ts";
import { contentHash } from "../../../../lib/routing/lower/canonical-json.ts";
import { lower } from "../../../../lib/routing/lower/lower.ts";
import { routingObjects } from "../../../../lib/routing/objects.ts";
import { type GoldenCase, goldenCases } from "../cases.ts";

const cases = goldenCases(new URL("./golden/", import.meta.url), [
  new URL("../attach/certificates.yaml", import.meta.url),
]);

describe("lower", () => {
  for (const { sentence, objects, extensions, options, expect } of cases) {
    test(sentence, () => {
      const gateways = lowered(objects, extensions, options);
      for (const gateway of gateways) isSound(gateway);
      expect(report(gateways));
    });
    test(`${sentence}, in whatever order it is declared`, () => {
      deepEqual(lowered([...objects].reverse(), extensions, options), lowered(objects, extensions, options));
    });
  }
});

function lowered(
  objects: GoldenCase["objects"],
  extensions: GoldenCase["extensions"],
  options: AttachOptions,
): readonly GatewayIR[] {
  return lower(attach(routingObjects(objects, extensions), options));
}

/** Asserts invariants of the IR: it survives JSON, its hashes are right, its references are complete and all used. */
function isSound(gateway: GatewayIR): void {
  deepEqual(JSON.parse(JSON.stringify(gateway)), gateway);
  for (const [hash, rule] of Object.entries(gateway.rules)) equal(hash, contentHash(rule));
  const hosts = gateway.ports.flatMap(({ listeners }) => listeners.flatMap((listener) => listener.hosts));
  const used = new Set(hosts.flatMap((host) => host.rules));
  deepEqual([...used].sort(), Object.keys(gateway.rules));
  const targets = Object.values(gateway.rules).flatMap(({ backends, filters }): readonly TargetIR[] => [
    ...backends.map(({ target }) => target),
    ...[...filters, ...backends.flatMap((backend) => backend.filters)].flatMap((filter) =>
      filter.type === "RequestMirror" ? [filter.target] : [],
    ),
  ]);
  const named = new Set(targets.flatMap((target) => ("backend" in target ? [target.backend] : [])));
  deepEqual([...named].sort(), Object.keys(gateway.backends));
}

/** Prints Gateways as YAML, with small maps on one line. */
function report(gateways: readonly GatewayIR[]): string {
  const document = new Document(gateways, { aliasDuplicateObjects: false });
  visit(document, {
    Map: (_, node) => {
      if (node.items.every(({ value }) => !isMap(value) || value.items.length <= 2) && `${node}`.length < 160) {
        node.flow = true;
      }
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}
