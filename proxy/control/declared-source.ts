import { once } from "node:events";
import type { SourceContent } from "../../lib/api/load/load.ts";
import { locateFindings } from "../../lib/api/parse/locate.ts";
import { statuses } from "../../lib/routing/attach/statuses.ts";
import type { Sources } from "../sources/open.ts";
import type { ConfigurationSource, TakeIn } from "./configuration-source.ts";
import type { LocalController, Reconciled } from "./local-controller.ts";
import { Newest } from "./newest.ts";

/** Receives the result of each state of the sources. */
export interface DeclaredReport {
  /** The state is in force. Findings have their positions. */
  applied(reconciled: Reconciled): void;
  /** The state could not be applied, for a reason that is not in the sources. */
  failed(error: unknown): void;
  /** Formats the findings as lines of text. */
  lines(reconciled: Reconciled): readonly string[];
}

/** Watches files and modules that declare objects. Invalid objects are reported, and their last good version stays. */
export class DeclaredSource implements ConfigurationSource {
  readonly #sources: Sources;
  readonly #controller: LocalController;
  readonly #report: DeclaredReport;
  #newest: Reconciled | undefined;

  constructor(sources: Sources, controller: LocalController, report: DeclaredReport) {
    this.#sources = sources;
    this.#controller = controller;
    this.#report = report;
  }

  async follow(takeIn: TakeIn, signal: AbortSignal): Promise<void> {
    const changes = new Newest((contents: readonly SourceContent[]) => this.#take(contents, takeIn));
    await changes.do(this.#sources.current());
    const watch = this.#sources.watch((contents) => void changes.do(contents));
    if (!signal.aborted) await once(signal, "abort");
    await watch.close();
    await changes.settled();
  }

  conditions(): unknown {
    return this.#newest === undefined ? [] : statuses(this.#newest.attachment);
  }

  problems(): readonly string[] {
    return this.#newest === undefined ? [] : this.#report.lines(this.#newest);
  }

  async #take(contents: readonly SourceContent[], takeIn: TakeIn): Promise<void> {
    try {
      const reconciled = this.#controller.reconcile(contents);
      const { gateways, keyPairs, trustAnchors, registered: filters } = reconciled;
      await takeIn({ gateways, keyPairs, trustAnchors, filters });
      this.#newest = { ...reconciled, findings: locateFindings(reconciled.findings, reconciled.texts) };
      this.#report.applied(this.#newest);
    } catch (error) {
      this.#report.failed(error);
    }
  }
}
