/** One case of h2spec with its result. */
export interface Verdict {
  /** Section and title, such as `http2/6.5 Sends a SETTINGS frame with ACK flag and payload`. */
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** The expectation, and what happened instead. */
  readonly detail: string;
}

/** Parses the cases of h2spec's JUnit report, in order. `package` identifies the section. */
export function readReport(xml: string): Verdict[] {
  const found = xml.matchAll(/<testcase package="([^"]*)" classname="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs);
  const counts = new Map<string, number>();
  return [...found].map(([, section = "", title = "", content = ""]) => {
    const plain = `${section} ${unescapeXml(title)}`;
    const count = (counts.get(plain) ?? 0) + 1;
    counts.set(plain, count);
    return {
      name: count === 1 ? plain : `${plain} (${count})`,
      outcome: /<(?:failure|error)\b/.test(content) ? "failed" : content.includes("<skipped") ? "skipped" : "passed",
      detail: unescapeXml(content.replace(/<[^>]*>/g, "\n")).trim(),
    };
  });
}

function unescapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text
    .replace(/&#(?:x([0-9A-Fa-f]+)|(\d+));/g, (_, hex: string | undefined, decimal: string) =>
      String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
    )
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name] ?? "");
}
