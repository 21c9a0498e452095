import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { AccessLogOptions } from "../../../../proxy/dataplane/proxy.ts";
import { eventually } from "../harness/wire.ts";

export type LogLine = Readonly<Record<string, unknown>>;

/** A file for an access log, which is removed at the end of the test. */
export class LogFile {
  readonly path: string;
  readonly options: AccessLogOptions;

  constructor(t: TestContext, options: Omit<AccessLogOptions, "to"> = {}) {
    const directory = mkdtempSync(join(tmpdir(), "gatewright-log-"));
    t.after(() => rmSync(directory, { recursive: true, force: true }));
    this.path = join(directory, "access.log");
    this.options = { to: this.path, ...options };
  }

  get text(): string {
    return readFileSync(this.path, "utf8");
  }

  get lines(): readonly LogLine[] {
    return this.text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits for this number of lines. */
  async until(count: number): Promise<readonly LogLine[]> {
    await eventually(() => this.lines.length >= count, `${count} lines`);
    return this.lines;
  }
}
