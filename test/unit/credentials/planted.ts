import { check } from "../../../lib/analysis/check/check.ts";
import { planMarkdown } from "../../../lib/analysis/plan/markdown.ts";
import { planText } from "../../../lib/analysis/plan/text.ts";
import { trafficPlan } from "../../../lib/analysis/plan/traffic-plan.ts";
import { contractOf } from "../../../lib/api/contract/offer.ts";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { type Loaded, load } from "../../../lib/api/load/load.ts";
import { configuration, withoutCredentials } from "../../../lib/cli/admin/configuration.ts";
import { page } from "../../../lib/cli/admin/page.ts";
import type { AdminState } from "../../../lib/cli/admin/state.ts";
import { problemLines } from "../../../lib/cli/dev/reporter.ts";
import { DeclaredLog } from "../../../lib/cli/proxy/declared-log.ts";
import { formatFinding } from "../../../lib/cli/report/findings.ts";
import { ownProfile } from "../../../lib/routing/attach/controller-profile.ts";
import { findings as attachmentFindings } from "../../../lib/routing/attach/findings.ts";
import { statuses } from "../../../lib/routing/attach/statuses.ts";
import { compile } from "../../../proxy/control/compile.ts";

/** All output of Gatewright about a configuration, by audience. */
export interface Outputs {
  /** Output for everybody who reaches the admin address, reads a log, a status or an Event, or receives a contract. */
  readonly everybody: Readonly<Record<string, string>>;
  /** Output for the person who runs a command on the sources. */
  readonly author: Readonly<Record<string, string>>;
  /** The configuration that the proxies enforce, including credentials. */
  readonly enforced: string;
}

const filters = { path: "/filters.ts", version: "1", kinds: [{ group: "acme.io", kind: "Planted", version: "v1" }] };

export function loadObjects(objects: readonly AnyObject[]): Loaded {
  const declared = objects.map((object) => ({ object, origin: { construct: object.kind } }));
  return load([{ name: "given", declared, findings: [], filters }], { channel: "experimental" });
}

/** @param before the previous configuration, for the plan. */
export function outputsOf(loaded: Loaded, before: Loaded): Outputs {
  const { gateways, attachment } = compile(loaded, { profile: ownProfile, undeclared: "exists" });
  const findings = [...loaded.findings, ...attachmentFindings(attachment)];
  const reconciled = { ...loaded, gateways, attachment, findings, kept: [], leftOut: [] };
  const conditions = statuses(attachment);
  const problems = problemLines(reconciled);
  const state: AdminState = { ready: true, gateways, sockets: [], conditions, problems, traffic: [] };
  const shown = withoutCredentials(state);
  const log: string[] = [];
  const declaredLog = new DeclaredLog((...line) => log.push(JSON.stringify(line)));
  declaredLog.applied(reconciled as unknown as Parameters<DeclaredLog["applied"]>[0]);
  const contracts = [...attachment.gateways.values()].map(({ declared }) => contractOf(declared.object));
  const plans = [trafficPlan(before, loaded), trafficPlan(loaded, before)];
  return {
    everybody: {
      "/config": JSON.stringify(configuration(shown)),
      "the admin page": page(shown).toString(),
      "the log": log.join("\n"),
      // Events repeat conditions.
      "statuses and Events": JSON.stringify(conditions),
      contracts: JSON.stringify(contracts),
    },
    author: {
      check: check(loaded)
        .map((finding) => formatFinding(finding))
        .join("\n"),
      "the plan as text": plans.map((plan) => planText(plan)).join("\n"),
      "the plan as Markdown": plans.map((plan) => planMarkdown(plan)).join("\n"),
      "the plan as JSON": JSON.stringify(plans),
    },
    enforced: JSON.stringify(gateways),
  };
}
