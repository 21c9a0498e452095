/** One test of the suite, with the output of its subtests if it failed. */
export interface Result {
  readonly name: string;
  readonly outcome: "PASS" | "FAIL" | "SKIP";
  readonly output: string;
}

/** The number of lines of a test's output that are kept, from its end. */
const keptLines = 60;

/** Parses the tests in the output of `-test.v`. A test that never ended, as when the suite timed out, is missing. */
export function resultsOf(log: string): readonly Result[] {
  const outputs = new Map<string, string[]>();
  const outcomes = new Map<string, Result["outcome"]>();
  let current: string | undefined;
  for (const line of log.split("\n")) {
    const running = /^=== (?:RUN|CONT|NAME)\s+TestConformance\/([^/\s]+)/.exec(line);
    if (running?.[1] !== undefined) current = running[1];
    const ended = /^ {4}--- (PASS|FAIL|SKIP): TestConformance\/([^/\s]+) /.exec(line);
    if (ended?.[1] !== undefined && ended[2] !== undefined) outcomes.set(ended[2], ended[1] as Result["outcome"]);
    if (current === undefined) continue;
    const output = outputs.get(current) ?? [];
    outputs.set(current, output);
    output.push(line);
  }
  return [...outcomes].map(([name, outcome]) => ({
    name,
    outcome,
    output: (outputs.get(name) ?? []).slice(-keptLines).join("\n"),
  }));
}
