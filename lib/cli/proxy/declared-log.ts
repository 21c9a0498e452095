import type { DeclaredReport } from "../../../proxy/control/declared-source.ts";
import type { Reconciled } from "../../../proxy/control/local-controller.ts";
import type { Log } from "../../../proxy/control/log.ts";
import { withNearMisses } from "../../analysis/check/near-misses/near-misses.ts";
import { objectName } from "../../analysis/traffic/describe.ts";
import type { Finding } from "../../findings/finding.ts";
import { problemLines } from "../dev/reporter.ts";
import { sortFindings } from "../report/findings.ts";
import { publicFinding } from "../report/public-finding.ts";
import { stackOf } from "../report/terminal.ts";

/** Logs findings and changes of the sources. A line that is unchanged since the last state is not repeated. */
export class DeclaredLog implements DeclaredReport {
  readonly #log: Log;
  #told: ReadonlySet<string> = new Set();

  constructor(log: Log) {
    this.#log = log;
  }

  applied({ findings, kept, leftOut, gateways, attachment }: Reconciled): void {
    const told = new Set<string>();
    const tell: Log = (level, message, fields) => {
      const line = JSON.stringify([level, message, fields]);
      told.add(line);
      if (!this.#told.has(line)) this.#log(level, message, fields);
    };
    for (const finding of sortFindings(withNearMisses(attachment.objects, findings))) {
      if (finding.severity !== "ignored")
        tell(levels[finding.severity], finding.message, fieldsOf(publicFinding(finding)));
    }
    for (const object of kept) tell("warn", "served as it was when it was last valid", { object: objectName(object) });
    for (const object of leftOut)
      tell("warn", "left out, since it has not been valid yet", { object: objectName(object) });
    this.#told = told;
    const rules = gateways.reduce((sum, ir) => sum + Object.keys(ir.rules).length, 0);
    this.#log("info", "configuration applied", { gateways: gateways.length, rules });
  }

  failed(error: unknown): void {
    this.#log("error", "Gatewright itself failed on this change, and serves on as before", { why: stackOf(error) });
  }

  lines(reconciled: Reconciled): readonly string[] {
    return problemLines(reconciled);
  }
}

const levels = { error: "error", advice: "info", note: "info" } as const;

function fieldsOf({ code, object, field, given, allowed, fix, reason, origin }: Finding): Record<string, unknown> {
  return {
    code,
    ...(object !== undefined && { object: objectName(object) }),
    ...(field !== undefined && { field }),
    ...(given !== undefined && { given }),
    ...(allowed !== undefined && { allowed }),
    ...(fix !== undefined && { fix }),
    ...(reason !== undefined && { reason }),
    ...(origin !== undefined && { origin }),
  };
}
