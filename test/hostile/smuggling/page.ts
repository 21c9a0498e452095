/** One case, and what each backend received. */
export interface Row {
  readonly what: string;
  readonly verdict: number | string;
  readonly saw: Map<string, string>;
}

/** Returns the text of docs/smuggling.md, which depends only on the results. */
export function page(rows: readonly Row[]): string {
  const backends = [...(rows[0]?.saw.keys() ?? [])];
  const refused = rows.filter(({ verdict }) => typeof verdict === "number").length;
  const table = [
    ["case", "the proxy", ...backends],
    ["---", "---", ...backends.map(() => "---")],
    ...rows.map(({ what, verdict, saw }) => [
      inCell(what),
      typeof verdict === "number" ? `${verdict}` : `forwards \`${verdict}\``,
      ...backends.map((name) => saw.get(name) ?? "failed"),
    ]),
  ];
  return `# Request smuggling

${rows.length} requests that servers have been known to read in different ways, each with a second request behind it on the same connection, through the proxy to each of these servers. The proxy refuses ${refused}, and forwards ${rows.length - refused} as one request each; "one" means that the server saw that request and then the second, and nothing else. The number is the status of its answer. The recorder is a reader that accepts nothing that RFC 9112 does not have. \`npm run test:smuggling\` checks this page.

${table.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}
`;
}

function inCell(text: string): string {
  return text
    .replace(/[\\|*_<>#`]/g, "\\$&")
    .replace(/[^\x20-\x7e]/g, (c) => `\\\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
