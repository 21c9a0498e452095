import { deepEqual } from "node:assert/strict";
import { describe, test } from "node:test";
import { Document, visit } from "yaml";
import { routingCodes } from "../../../../lib/findings/catalog/routing.ts";
import { attach } from "../../../../lib/routing/attach/attach.ts";
import type { Attachment } from "../../../../lib/routing/attach/attachment.ts";
import { findings } from "../../../../lib/routing/attach/findings.ts";
import { statuses } from "../../../../lib/routing/attach/statuses.ts";
import { routingObjects } from "../../../../lib/routing/objects.ts";
import { goldenCases } from "../cases.ts";

const cases = goldenCases(new URL("./golden/", import.meta.url), [new URL("./certificates.yaml", import.meta.url)]);

describe("attach", () => {
  for (const { sentence, objects, extensions, options, expect } of cases) {
    test(sentence, () => expect(report(attach(routingObjects(objects, extensions), options))));
    test(`${sentence}, in whatever order it is declared`, () => {
      deepEqual(
        report(attach(routingObjects([...objects].reverse(), extensions), options)),
        report(attach(routingObjects(objects, extensions), options)),
      );
    });
  }

  test("every code of the catalog occurs in some case", () => {
    const attached = cases.map(({ objects, extensions, options }) =>
      attach(routingObjects(objects, extensions), options),
    );
    const found = new Set<string>(attached.flatMap((one) => findings(one).map(({ code }) => code)));
    const told = attached.map((one) => JSON.stringify(statuses(one))).join();
    const missing = Object.entries(routingCodes).filter(([code, entry]) =>
      summaries.includes(code) ? !("reason" in entry && told.includes(`"${entry.reason}"`)) : !found.has(code),
    );
    deepEqual(
      missing.map(([code]) => code),
      [],
    );
  });
});

/** Findings that only conditions report, since they follow from other findings. */
const summaries = ["GW2105", "GW2109", "GW2210", "GW2303", "GW2304", "GW2504"];

/** Prints statuses by object, one condition per line, then the findings; only the lines of origins are kept. */
function report(attachment: Attachment): string {
  const document = new Document(
    {
      statuses: statuses(attachment).map(({ object, status }) => ({ object: nameOf(object), ...status })),
      findings: findings(attachment).map(({ object, origin, ...finding }) => ({
        ...finding,
        object: object === undefined ? "" : nameOf(object),
        line: origin !== undefined && "file" in origin ? origin.line : undefined,
      })),
    },
    { aliasDuplicateObjects: false },
  );
  visit(document, {
    Map: (_, node) => {
      if (node.has("status") || (node.has("kind") && node.has("group"))) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function nameOf({ kind, namespace, name }: { kind: string; namespace?: string; name: string }): string {
  return [kind, namespace, name].filter((part) => part !== undefined).join("/");
}
