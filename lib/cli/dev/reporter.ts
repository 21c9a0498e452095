import { backendAddress } from "../../../proxy/control/echo.ts";
import type { Applied } from "../../../proxy/control/embedded.ts";
import { type HostPort, socketKey } from "../../../proxy/control/local-sockets.ts";
import type { WorkerEvent } from "../../../proxy/control/workers/seat.ts";
import type { FilterFailure } from "../../../proxy/dataplane/filters/registered-filters.ts";
import { withNearMisses } from "../../analysis/check/near-misses/near-misses.ts";
import { objectName } from "../../analysis/traffic/describe.ts";
import { type Text, text } from "../../printing/text.ts";
import { palette } from "../report/color.ts";
import { failed, findingTexts, formatFinding, sortFindings } from "../report/findings.ts";
import { publicFinding } from "../report/public-finding.ts";
import { stackText, type Terminal, wantsColor } from "../report/terminal.ts";
import { workerEventWords } from "../report/worker-event.ts";
import { portTable } from "./port-table.ts";

interface Assignments {
  readonly backends: ReadonlyMap<string, HostPort>;
  readonly listen: ReadonlyMap<string, HostPort>;
}

/** Reports what is served, and the problems of the newest state of the sources, whenever they have changed. */
export class Reporter {
  readonly #terminal: Terminal;
  readonly #color: boolean;
  readonly #verbose: boolean;
  #told: ReadonlySet<string> = new Set();
  #wrong = false;
  #table = "";
  #swaps = 0;

  /** @param options `verbose` prints each note by itself; by default, notes of one kind are one line. */
  constructor(terminal: Terminal, { color, verbose = false }: { readonly color: boolean; readonly verbose?: boolean }) {
    this.#terminal = terminal;
    this.#verbose = verbose;
    this.#color = wantsColor(terminal, "stderr", color);
  }

  applied(applied: Applied): void {
    this.#problems(applied);
    const table = portTable(applied);
    if (String(table) !== this.#table) this.#terminal.stdout.write(table);
    this.#table = String(table);
    if (this.#swaps++ > 0)
      this.#say(text`swapped in: ${count(applied.gateways.length, "Gateway")}, ${count(rules(applied), "rule")}`);
  }

  /** Reports options that name objects which no source declares yet. */
  unused({ backends, listen }: Assignments, { gateways }: Pick<Applied, "gateways">): void {
    const known = gateways.flatMap((gateway) => Object.values(gateway.backends).map(backendAddress));
    const ports = gateways.flatMap(({ gateway, ports: own }) => own.map(({ port }) => socketKey(gateway, port)));
    const tell = (option: string, key: string, what: string, all: readonly string[]) =>
      this.#say(text`advice: ${option} ${key}: no such ${what} now; there is ${all.join(", ") || "none"}`);
    for (const key of backends.keys()) if (!known.includes(key)) tell("--backend", key, "backend", known);
    for (const key of listen.keys()) if (!ports.includes(key)) tell("--listen", key, "Gateway port", ports);
  }

  /** Reports that a change could not be applied, for a reason that is not in the sources. */
  failed(error: unknown): void {
    this.#say(
      text`error: Gatewright itself failed on this change, and serves on as before; please report this\n${stackText(error)}`,
    );
  }

  /** Reports a failure outside of any request and any change: most likely of code that a user's module left running. */
  fault(error: unknown): void {
    this.#say(text`error: nothing caught this; serving on\n${stackText(error)}`);
  }

  /** Reports that a filter for ExtensionRef failed on a request, which was answered 500. */
  filterFailed({ filter, error, untold }: FilterFailure): void {
    const more = untold === 0 ? text`` : text`\n  and on ${count(untold, "other request")} since it was last told`;
    this.#say(text`error: filter ${filter} failed, and its request was answered 500\n${stackText(error)}${more}`);
  }

  /** Reports an event of a worker thread. */
  worker(event: WorkerEvent): void {
    const { text: words, error } = workerEventWords(event);
    const level = event.type === "replaced" ? "" : "error: ";
    this.#say(text`${level}${words}${error === undefined ? text`` : text`\n${stackText(error)}`}`);
  }

  admin(url: string): void {
    this.#terminal.stdout.write(text`admin  ${url}\n`);
  }

  adminFailed(address: string, reason: string): void {
    this.#say(text`error: the admin address ${address} cannot be bound: ${reason}; serving without it`);
  }

  /** Prints problems that were not printed last time, and says when the last error is gone. */
  #problems({ findings: located, kept, leftOut, attachment }: Applied): void {
    const findings = withNearMisses(attachment.objects, located);
    const paint = palette(this.#color);
    const texts = [
      ...findingTexts(sortFindings(findings), { paint, verbose: this.#verbose }),
      ...kept.map((object) => text`kept: ${objectName(object)}, as it was when it was last valid`),
      ...leftOut.map((object) => text`left out: ${objectName(object)}, which has not been valid yet`),
    ];
    const told = new Map(texts.map((words) => [String(words), words]));
    for (const [key, words] of told) if (!this.#told.has(key)) this.#say(words);
    const wrong = failed(findings);
    if (this.#wrong && !wrong) this.#say(text`nothing is wrong any more`);
    this.#told = new Set(told.keys());
    this.#wrong = wrong;
  }

  #say(words: Text): void {
    this.#terminal.stderr.write(text`${words}\n`);
  }
}

/** Returns errors as plain lines, for the admin page. */
export function problemLines({ findings, attachment }: Pick<Applied, "findings" | "attachment">): string[] {
  return sortFindings(withNearMisses(attachment.objects, findings))
    .filter(({ severity }) => severity === "error")
    .map((finding) => formatFinding(publicFinding(finding)).toString());
}

function rules({ gateways }: Applied): number {
  return new Set(gateways.flatMap((gateway) => Object.values(gateway.rules).map(({ id }) => id))).size;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
